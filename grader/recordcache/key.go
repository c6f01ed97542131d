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

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// How says how something is observed, as far as that decides what is.
type How struct {
	Version           string // of this program
	Python            string // path of the interpreter
	Sandbox           sandbox.Mode
	Full, StrictClock bool
	Seed              uint64 // 0 for one that nobody knows before
}

// Keys gives the keys of what this program observes with one interpreter in
// one way. Its methods may be called from any goroutine.
type Keys struct{ how described }

// described is a How with what it means on this machine.
type described struct {
	Program           string
	Python            record.Python
	Sandbox           []string // its mode and the active layers
	Full, StrictClock bool
	Seed              uint64
}

// NewKeys describes the interpreter and the sandbox, which takes some 100 ms.
func NewKeys(ctx context.Context, h How) (*Keys, error) {
	self, err := Program()
	if err != nil {
		return nil, fmt.Errorf("read this program: %w", err)
	}
	interpreter, err := python.Describe(ctx, h.Python)
	if err != nil {
		return nil, fmt.Errorf("describe the interpreter: %w", err)
	}
	interpreter.LoopNS = 0 // differs each time
	layers, err := sandbox.Choose(ctx, h.Sandbox)
	if err != nil {
		return nil, err
	}
	return &Keys{described{
		Program: h.Version + " " + self, Python: interpreter, Sandbox: append([]string{layers.Report().Mode}, layers.Report().Active()...),
		Full: h.Full, StrictClock: h.StrictClock, Seed: h.Seed,
	}}, nil
}

// Python describes the interpreter.
func (k *Keys) Python() record.Python { return k.how.Python }

// Program gives a hash of this program's file: another build may observe
// otherwise.
var Program = sync.OnceValues(func() (string, error) {
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
		How                   described
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
