package sandbox

import (
	"bytes"

	"golang.org/x/sys/unix"
)

func unameMachine() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return string(bytes.TrimRight(u.Machine[:], "\x00"))
}
