//go:build linux && !amd64 && !arm64

package sandbox

// The filter is written for two architectures; elsewhere the kernel refuses
// it, and the report says so.
const (
	auditArch = 0
	foreign   = 0
)

var deniedHere []uint32
