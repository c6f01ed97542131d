// Package reference embeds the reference solutions, so that the program
// works from anywhere.
package reference

import "embed"

// FS holds a folder for each challenge, under its id.
//
//go:embed all:challenge3 all:practice
var FS embed.FS
