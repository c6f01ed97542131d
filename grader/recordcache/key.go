// Package recordcache keeps what was observed, so that nothing is run twice: records
// in a folder, under a key that is made of all that decides what they hold, but
// for the machine.
package recordcache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/gilcourse/gilcourse/grader"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Keys gives the keys of what this program observes with one interpreter in
// one way. Its methods may be called from any goroutine.
type Keys struct{ how how }

type how struct {
	Program           string
	Python            record.Python
	Sandbox           []string // its mode and the active layers
	Full, StrictClock bool
	Seed              uint64
}

// NewKeys describes the interpreter and the sandbox of the options, which takes
// some 100 ms. Of the options Version, Python, Sandbox, Full, StrictClock and
// Seed count.
func NewKeys(ctx context.Context, o grader.Options) (*Keys, error) {
	self, err := program()
	if err != nil {
		return nil, fmt.Errorf("read this program: %w", err)
	}
	interpreter, err := python.Describe(ctx, o.Python)
	if err != nil {
		return nil, fmt.Errorf("describe the interpreter: %w", err)
	}
	interpreter.LoopNS = 0 // differs each time
	layers, err := sandbox.Choose(ctx, o.Sandbox)
	if err != nil {
		return nil, err
	}
	return &Keys{how{
		Program: o.Version + " " + self, Python: interpreter, Sandbox: append([]string{layers.Report().Mode}, layers.Report().Active()...),
		Full: o.Full, StrictClock: o.StrictClock, Seed: o.Seed,
	}}, nil
}

// program is a hash of this program's file: another build may observe
// otherwise.
var program = sync.OnceValues(func() (string, error) {
	name, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
})

// Key gives the key of what is observed of a submission. Of the challenge only
// what is run counts: other titles, bounds or hints need no run, unless a bound
// is the first that compares with the reference. Condition is what else a
// record belongs to, such as the condition under which it was made.
func (k *Keys) Key(ch *spec.Challenge, reference, submission Digest, condition ...string) (string, error) {
	run := *ch
	run.Title, run.Summary, run.Section, run.Lesson, run.Checks = "", "", "", nil, nil
	data, err := json.Marshal(struct {
		How                   how
		Challenge             *spec.Challenge
		Compares              bool
		Reference, Submission Digest
		Condition             []string
	}{k.how, &run, ch.Compares(), reference, submission, condition})
	if err != nil {
		return "", fmt.Errorf("hash the spec of %s: %w", ch.ID, err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16]), nil
}
