package report

import "github.com/gilcourse/gilcourse/grader/verdict"

// Sign is the sign of a verdict, one column wide: ✓, ✗, · for what is not judged, ?
// for what is open.
func Sign(v verdict.Verdict) string {
	sign, _ := newPalette(false).mark(v)
	return sign
}
