package report

import "github.com/gilcourse/gilcourse/grader/verdict"

// Shown gives the report as every format shows it: with the points that its policy
// makes of inconclusive checks, and what stands in one line safe to show.
func (r Report) Shown() Report { return r.counted().oneline() }

// Shown is Report's for the reports of many.
func (c Cohort) Shown() Cohort { return c.counted().oneline() }

// Machine says what the machine of a check gave.
func Machine(c *verdict.Result) string { return machine(c) }

// Sandboxed says what stood between the program and the machine; empty where the
// record does not know.
func Sandboxed(c *verdict.Result) string { return sandboxed(c.Sandbox) }

// Heading names what was checked.
func (r Report) Heading() string { return r.title() }

// Figure writes points.
func Figure(v float64) string { return figure(v) }

// NotHandedIn is what a challenge that was not handed in is counted under, in the
// place of a check.
const NotHandedIn = notHandedIn
