// Package challenges embeds the specs of all challenges, so that the program
// works from anywhere.
package challenges

import "embed"

// FS holds a folder for each workshop and challenge.
//
//go:embed all:challenge3 all:practice
var FS embed.FS
