package observe

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/gilcourse/gilcourse/grader/bootcache"
	"github.com/gilcourse/gilcourse/grader/measure"
	"github.com/gilcourse/gilcourse/grader/record"
)

// known is what was measured of the strategies on this machine, and what says whether
// that still holds.
type known struct {
	key   strategyKey
	probe probe
}

// strategyKey is all that decides what the strategies give here: what is run, by which
// interpreter, on which cores.
type strategyKey struct {
	Program       string // a hash of what is measured
	Python        bootcache.File
	GIL           bool
	CPUs, Allowed int
	Quota         float64
}

// probe is what shows in passing how fast the machine is at the moment.
type probe struct {
	LoopNS   float64 // CPU time of a turn of a loop
	Capacity float64 // how much parallel work the cores gave
}

// measured is what was remembered.
type measured struct {
	Probe probe
	Cells []record.Cell
}

// known describes the machine as this observation found it.
func (ob *observation) known() (known, error) {
	source, err := measure.Source()
	if err != nil {
		return known{}, err
	}
	calls, err := measure.Spec()
	if err != nil {
		return known{}, err
	}
	sum := sha256.Sum256(fmt.Append(source, calls.Text()))
	host, python := ob.rec.Host, ob.rec.Python
	return known{strategyKey{hex.EncodeToString(sum[:]), bootcache.FileAt(ob.interp.Path), python.GIL, host.CPUs, host.Affinity, host.Quota},
		probe{python.LoopNS, host.Capacity}}, nil
}

// steady is the factor within which two probes say the same of a machine.
const steady = 1.25

// agrees reports whether the machine is as it was at another probe.
func (p probe) agrees(other probe) bool {
	near := func(a, b float64) bool { return a == b || math.Abs(math.Log(a/b)) <= math.Log(steady) }
	return near(p.LoopNS, other.LoopNS) && near(p.Capacity, other.Capacity)
}

// strategiesFact is what the measured strategies are remembered as.
const strategiesFact = "strategies"

// recall gives what was measured since the machine was started, where it is as it was
// then; else nil.
func (k known) recall() []record.Cell {
	var m measured
	if !bootcache.Load(strategiesFact, k.key, &m) || !m.Probe.agrees(k.probe) || record.Bounded(m.Cells) != nil {
		return nil
	}
	return m.Cells
}

// remember keeps what was measured.
func (k known) remember(cells []record.Cell) {
	bootcache.Store(strategiesFact, k.key, measured{k.probe, cells})
}
