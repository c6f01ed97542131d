//go:build !linux

package condition

import "runtime"

func oneCore() (func() error, error) {
	return nil, &Unavailable{OneCore, "it takes Linux, and this is " + runtime.GOOS}
}

func quota(float64) (func() error, error) {
	return nil, &Unavailable{Quota, "it takes Linux, and this is " + runtime.GOOS}
}
