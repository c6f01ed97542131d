package spec

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// PythonVersion is a version of Python, written as its first two numbers: 3.14.
// It is empty for any.
type PythonVersion string

// oldestPython is the second number of the oldest version that submissions run with.
const oldestPython = 8

var pythonVersion = regexp.MustCompile(`^3\.([0-9]{1,2})$`)

func (p *PythonVersion) parse(s string) error {
	m := pythonVersion.FindStringSubmatch(s)
	if m == nil {
		return fmt.Errorf("%q is no version of Python 3; write its first two numbers, such as 3.12", s)
	}
	if minor, err := strconv.Atoi(m[1]); err != nil || minor < oldestPython {
		return fmt.Errorf("submissions run with 3.%d or newer anyway; write a newer version than %s, or take the line away", oldestPython, s)
	}
	*p = PythonVersion(s)
	return nil
}

func (PythonVersion) pattern() string { return `^3\.[0-9]{1,2}$` }

// TooOld reports whether an interpreter of this version, such as 3.11.7, is older
// than the challenge takes. One whose version cannot be read is not.
func (c *Challenge) TooOld(version string) bool {
	least, ok := minorOf(string(c.Python))
	if !ok {
		return false
	}
	minor, known := minorOf(version)
	return known && minor < least
}

// minorOf is the second number of a version of Python 3.
func minorOf(version string) (int, bool) {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 || parts[0] != "3" {
		return 0, false
	}
	digits := strings.TrimRightFunc(parts[1], func(r rune) bool { return r < '0' || r > '9' })
	minor, err := strconv.Atoi(digits)
	return minor, err == nil
}
