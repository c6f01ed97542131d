package sandbox

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/gilcourse/gilcourse/grader/record"
)

// Mode says how much isolation is wanted.
type Mode string

// The modes.
const (
	// Auto takes every layer that the machine offers.
	Auto Mode = "auto"
	// Require is an error where a command could not be kept from the user's
	// files, processes and network.
	Require Mode = "require"
	// Off leaves the limits alone: the command runs as any program of the user.
	Off Mode = "off"
)

// Modes names the modes.
func Modes() []string { return []string{string(Auto), string(Require), string(Off)} }

// Layers are what separates commands from the machine. Choose makes them;
// they do not change, and may be used from any goroutine.
type Layers struct {
	plan   plan
	report record.Sandbox
}

// Report says which layers are active, and why others are not.
func (l *Layers) Report() *record.Sandbox { return &l.report }

// Unavailable is the error of Require where the machine does not offer what
// it takes.
type Unavailable struct{ Missing []record.Layer }

func (e *Unavailable) Error() string {
	var b strings.Builder
	b.WriteString("--sandbox require: this machine does not isolate a run")
	for _, l := range e.Missing {
		fmt.Fprintf(&b, "; %s: %s", l.Name, l.Reason)
		if l.Fix != "" {
			fmt.Fprintf(&b, " (%s)", l.Fix)
		}
	}
	return b.String()
}

// plan is what of the layers a run has. The zero value is none.
type plan struct {
	Space    space
	UID      int // of the command where the space is its own, 0 to keep this user's
	Landlock int // the ABI that is used, 0 for none
	Seccomp  bool
	NoPrivs  bool // no_new_privs, and no capabilities
	// Group is the control group below which each run gets its own, empty for
	// none.
	Group string
}

// space is how much of the system the command sees.
type space string

const (
	shared  space = ""        // all that the user sees
	mounted space = "mounted" // own files, network and IPC, but the system's processes
	private space = "private" // own processes, too
)

var chosen struct {
	sync.Mutex
	by map[Mode]*Layers
}

// Choose gives the layers for a mode, empty for Auto. The first call tries
// them out, with a small command that goes through all of them, and takes some
// 50 ms; this process remembers the answer.
func Choose(ctx context.Context, mode Mode) (*Layers, error) {
	if mode == "" {
		mode = Auto
	}
	chosen.Lock()
	defer chosen.Unlock()
	if l := chosen.by[mode]; l != nil {
		return l, nil
	}
	l, err := choose(ctx, mode)
	if err != nil {
		return nil, err
	}
	if mode == Require {
		if u := (&Unavailable{lacking(l.report.Layers)}); len(u.Missing) > 0 {
			return nil, u
		}
	}
	if chosen.by == nil {
		chosen.by = map[Mode]*Layers{}
	}
	chosen.by[mode] = l
	return l, nil
}

// The layers' names.
const (
	layerPrivate  = "namespaces"
	layerLandlock = "landlock"
	layerSeccomp  = "seccomp"
	layerNoPrivs  = "no-new-privs"
	layerGroup    = "control group"
	layerLimits   = "limits"
)

// lacking lists the layers without which a stranger's code is not isolated.
// Landlock only says again what the namespaces say, and a
// control group what the limits say.
func lacking(layers []record.Layer) []record.Layer {
	var missing []record.Layer
	for _, l := range layers {
		if !l.Active && l.Name != layerLandlock && l.Name != layerGroup {
			missing = append(missing, l)
		}
	}
	return missing
}

// none describes what there is without any isolation.
func none(mode Mode, why, fix string) *Layers {
	r := record.Sandbox{Mode: string(mode)}
	for _, name := range []string{layerPrivate, layerLandlock, layerSeccomp, layerNoPrivs, layerGroup} {
		r.Layers = append(r.Layers, record.Layer{Name: name, Reason: why, Fix: fix})
	}
	r.Layers = append(r.Layers, limitsLayer)
	return &Layers{report: r}
}
