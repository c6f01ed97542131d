package queue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
)

// Needs say what a machine must have to observe some jobs. Jobs with the same
// needs are in one queue.
type Needs struct {
	Build          string   `json:"build"` // of gilcourse: another one may observe otherwise
	Implementation string   `json:"implementation"`
	Python         string   `json:"python"` // its version, such as 3.11
	FreeThreaded   bool     `json:"free_threaded,omitempty"`
	Headers        bool     `json:"headers,omitempty"`   // Python.h is there
	Scheduler      bool     `json:"scheduler,omitempty"` // tasks can be observed
	Cores          float64  `json:"cores"`               // at least
	Layers         []string `json:"layers,omitempty"`    // of the sandbox, at least
}

// Offer says what a machine has.
type Offer struct {
	Build   string          `json:"build"`
	Pythons []record.Python `json:"pythons"`
	Host    record.Host     `json:"host"`
	Layers  []string        `json:"layers"`
}

// enough cores to see what runs side by side.
const enough = 2

// Needs gives what it takes to observe elsewhere what this machine observes
// with its first interpreter.
func (o Offer) Needs() Needs {
	n := Needs{Build: o.Build, Scheduler: o.Host.Scheduler, Cores: min(enough, o.Host.Cores()), Layers: o.Layers}
	if len(o.Pythons) > 0 {
		p := o.Pythons[0]
		n.Implementation, n.Python, n.FreeThreaded, n.Headers = p.Implementation, minor(p.Version), p.FreeThreaded, p.Headers != ""
	}
	return n
}

// minor gives 3.11 for 3.11.7.
func minor(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// Meets gives the interpreter by which an offer meets needs, or what it lacks.
func (o Offer) Meets(n Needs) (python, lacks string) {
	if o.Build != n.Build {
		return "", "the same build of gilcourse"
	}
	if n.Scheduler && !o.Host.Scheduler {
		return "", "a scheduler that can be observed"
	}
	if o.Host.Cores() < n.Cores {
		return "", fmt.Sprintf("%.2g cores", n.Cores)
	}
	for _, l := range n.Layers {
		if !slices.Contains(o.Layers, l) {
			return "", "the sandbox's layer " + l
		}
	}
	for _, p := range o.Pythons {
		if p.Implementation == n.Implementation && minor(p.Version) == n.Python && p.FreeThreaded == n.FreeThreaded && (!n.Headers || p.Headers != "") {
			return p.Path, ""
		}
	}
	kind := ""
	if n.FreeThreaded {
		kind = " without the GIL"
	}
	if n.Headers {
		kind += " with its headers"
	}
	return "", n.Implementation + " " + n.Python + kind
}

// String says what is offered, for a log.
func (o Offer) String() string {
	var pythons []string
	for _, p := range o.Pythons {
		name := p.Implementation + " " + p.Version
		if p.FreeThreaded {
			name += "t"
		}
		pythons = append(pythons, name)
	}
	s := fmt.Sprintf("%d cores", o.Host.Affinity)
	if o.Host.Quota > 0 {
		s += fmt.Sprintf(" (quota %.2g)", o.Host.Quota)
	}
	s += ", " + strings.Join(pythons, ", ")
	if len(o.Layers) > 0 {
		s += ", sandbox: " + strings.Join(o.Layers, ", ")
	} else {
		s += ", no sandbox"
	}
	if !o.Host.Scheduler {
		s += ", no scheduler to observe"
	}
	return s
}

// name gives the queue of jobs with these needs.
func (n Needs) name() (string, []byte, error) {
	text, err := json.Marshal(n)
	if err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256(text)
	return "needs-" + hex.EncodeToString(sum[:8]), text, nil
}
