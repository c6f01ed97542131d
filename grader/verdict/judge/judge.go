// Package judge judges records: it picks the kind of challenge, once.
package judge

import (
	"fmt"
	"path"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/analyzer"
	"github.com/gilcourse/gilcourse/grader/verdict/calls"
	"github.com/gilcourse/gilcourse/grader/verdict/script"
)

// kinds make what judges a kind of challenge.
var kinds = map[spec.Kind]func(*verdict.Judgement) verdict.Kind{
	spec.KindScript:   script.New,
	spec.KindCalls:    calls.New,
	spec.KindAnalyzer: analyzer.New,
}

// Judge judges a record by the spec that it holds. An error means that the
// record or its spec cannot be used.
func Judge(rec *record.Record) (*verdict.Result, error) {
	c, err := spec.Parse(rec.Header.Challenge, path.Join("challenges", rec.Header.Challenge, "challenge.yaml"), []byte(rec.Header.Spec))
	if err != nil {
		return nil, fmt.Errorf("the record's spec: %w", err)
	}
	return With(c, rec), nil
}

// With judges a record by a spec, which may be a newer one than its own.
func With(c *spec.Challenge, rec *record.Record) *verdict.Result {
	j := verdict.New(c, rec)
	return j.Result(kinds[c.Kind()](j))
}

// Clock gives, for each check of the spec with a least efficiency or speedup,
// what a clock alone saw in the record, in the spec's order: of a script the
// phase that is named, of other challenges the call.
func Clock(c *spec.Challenge, rec *record.Record) []verdict.Clocked {
	j := verdict.New(c, rec)
	return j.Clocks(kinds[c.Kind()](j))
}
