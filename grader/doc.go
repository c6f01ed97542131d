// Package grader has no code of its own: its packages, in the layers that
// architecture_test.go names, conduct a check from challenge.yaml to the report.
// Its tests are those of the whole: fixtures and attacks under observation on
// this machine.
package grader
