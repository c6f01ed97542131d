package phase

import (
	"cmp"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/stat"
)

// apart is the main thread's work, relative to a burst's, that keeps two
// bursts from being one phase; starting the next worker takes far less.
const apart = 0.25

// trifle is the share of the largest phase's work below which a phase is
// none: a quarter is one task of four.
const trifle = 0.12

// longestChain bounds the bursts that are tried as one phase, mostChains the
// chains of which every part is tried: of further ones the whole is, so that what
// is tried grows as the record does. mostMains bounds the sequential phases that
// all others are compared with, the largest of all. No recording comes near: 54
// candidates are the most.
const (
	longestChain = 64
	mostChains   = 8
	mostMains    = 256
)

// choose finds the phases: among all runs of neighbouring bursts of one kind
// those that did the same work as each other. A script may warm up, try one,
// two, four and eight threads, or repeat each phase and take the median.
func (line *Timeline) choose() {
	mains := line.Candidates(Main)
	threads, processes := line.Candidates(Threads), line.Candidates(Processes)
	if len(mains) == 0 || largest(mains).CPU()*4 < max(largest(threads).CPU(), largest(processes).CPU()) {
		// A script may run each phase in a process of its own: then its
		// sequential phase is a single worker, alone.
		for _, group := range [][]Phase{processes, threads} {
			for _, p := range group {
				if p.Width() == 1 && p.Distinct() == 1 {
					mains = append(mains, Phase{Kind: Main, Bursts: p.Bursts})
				}
			}
		}
	}
	if len(mains) > mostMains {
		slices.SortStableFunc(mains, func(a, b Phase) int { return cmp.Compare(b.CPU(), a.CPU()) })
		mains = mains[:mostMains]
	}
	ofThreads, ofProcesses := figures(threads), figures(processes)
	best := math.Inf(1)
	for _, m := range mains {
		t, tCost := match(ofThreads, m)
		p, pCost := match(ofProcesses, m)
		// Of equals, the larger: a warm-up resembles the others less.
		cost := tCost + pCost - 1e-3*math.Log1p(float64(m.CPU()))
		if cost < best {
			best = cost
			line.Sequential, line.Threads, line.Processes = &m, t, p
		}
	}
	if len(mains) == 0 {
		line.Threads, line.Processes = whole(threads), whole(processes)
	}
	line.dropTrifles()
	line.overlaps()
}

// overlaps notes which share of a phase of workers others were busy beside it, of
// whatever kind, that are none of its own: another phase, or workers that no phase
// has and that did a fair share of the work.
func (line *Timeline) overlaps() {
	for _, p := range []*Phase{line.Threads, line.Processes} {
		if p == nil {
			continue
		}
		own := map[int]bool{}
		for _, w := range p.Each() {
			own[w.PID] = true
		}
		var beside Phase
		for _, b := range line.Bursts {
			if b.Kind == Main || b.Kind == p.Kind || float64(b.CPU()) < busyShare*float64(p.CPU()) {
				continue
			}
			// A process whose threads are the workers is none beside them.
			if !slices.ContainsFunc(b.Workers, func(w Worker) bool { return own[w.PID] }) {
				beside.Bursts = append(beside.Bursts, b)
			}
		}
		if len(beside.Bursts) > 0 {
			line.Overlap = max(line.Overlap, p.overlap(beside))
		}
	}
}

// dropTrifles takes a phase away that did no fair share of the work: helpers
// of a pool, decoys.
func (line *Timeline) dropTrifles() {
	phases := []**Phase{&line.Sequential, &line.Threads, &line.Processes}
	var most int64
	for _, p := range phases {
		if *p != nil {
			most = max(most, (*p).CPU())
		}
	}
	for _, p := range phases {
		if *p != nil && float64((*p).CPU()) < trifle*float64(most) {
			*p = nil
		}
	}
}

// Candidates gives all runs of neighbouring bursts of one kind, which a phase
// may consist of.
func (line *Timeline) Candidates(kind Kind) []Phase {
	var chains [][]Burst
	open := false
	var main int64 // of the main thread since the last burst of this kind
	for _, b := range line.Bursts {
		if b.Kind != kind {
			if b.Kind == Main {
				main += b.CPU()
			} else {
				open = false
			}
			continue
		}
		if n := len(chains); open && (kind == Main || float64(main) < apart*float64(b.CPU())) {
			chains[n-1] = append(chains[n-1], b)
		} else {
			chains = append(chains, []Burst{b})
		}
		open, main = true, 0
	}
	var out []Phase
	for n, c := range chains {
		c = c[:min(len(c), longestChain)]
		if n >= mostChains {
			out = append(out, Phase{Kind: kind, Bursts: c})
			continue
		}
		for i := range c {
			for j := i + 1; j <= len(c); j++ {
				out = append(out, Phase{Kind: kind, Bursts: c[i:j]})
			}
		}
	}
	return out
}

// candidate is a phase that may be chosen, with the figures that decide.
type candidate struct {
	phase          *Phase
	cpu            int64
	width, workers int // at once, and in all bursts together
}

func figures(phases []Phase) []candidate {
	out := make([]candidate, len(phases))
	for i := range phases {
		p := &phases[i]
		out[i] = candidate{p, p.CPU(), p.Width(), len(p.Each())}
	}
	return out
}

// match gives the candidate whose work is nearest to that of the sequential
// phase, and how far off it is. Of those that are near enough, the one with
// the most workers at once counts, then the nearest, then the one with the
// fewest bursts.
func match(candidates []candidate, sequential Phase) (*Phase, float64) {
	var best candidate
	work := float64(sequential.CPU())
	off := func(c candidate, band float64) float64 {
		ratio := math.Abs(math.Log(float64(c.cpu) / work))
		if ratio < math.Log(band) {
			return 0
		}
		return ratio
	}
	before := func(p, q candidate) bool {
		one := 0 // a task that never releases the GIL makes its threads come one by one: the more of them, the better
		if max(p.width, q.width) <= 2 {
			one = cmp.Compare(q.workers, p.workers)
		}
		return cmp.Or(cmp.Compare(off(p, sameWork), off(q, sameWork)), cmp.Compare(q.width, p.width), one,
			cmp.Compare(off(p, equalWork), off(q, equalWork)), cmp.Compare(len(p.phase.Bursts), len(q.phase.Bursts))) < 0
	}
	for _, c := range candidates {
		if best.phase == nil || before(c, best) {
			best = c
		}
	}
	if best.phase == nil {
		return nil, 0
	}
	return best.phase, off(best, sameWork)
}

func largest(phases []Phase) Phase {
	var best Phase
	for _, p := range phases {
		if p.CPU() > best.CPU() {
			best = p
		}
	}
	return best
}

func whole(phases []Phase) *Phase {
	if len(phases) == 0 {
		return nil
	}
	p := largest(phases)
	return &p
}

// CPU is the CPU time of the burst's workers, in µs.
func (b Burst) CPU() int64 {
	var cpu int64
	for _, w := range b.Workers {
		cpu += w.CPU
	}
	return cpu
}

// CPU is the CPU time of the phase's workers, in µs.
func (p Phase) CPU() int64 {
	var cpu int64
	for _, b := range p.Bursts {
		cpu += b.CPU()
	}
	return cpu
}

// Wall is the time during which workers were active, in µs.
func (p Phase) Wall() int64 {
	var wall int64
	for _, b := range p.Bursts {
		wall += b.End - b.Start
	}
	return wall
}

// Width is the most workers that were active at once.
func (p Phase) Width() int {
	width := 0
	for _, b := range p.Bursts {
		spans := make([][2]int64, len(b.Workers))
		for i, w := range b.Workers {
			spans[i] = [2]int64{w.Start, w.End}
		}
		width = max(width, stat.AtOnce(spans))
	}
	return width
}

// Each gives the workers of all bursts: one that was active in several stands
// once for each.
func (p Phase) Each() []Worker {
	var all []Worker
	for _, b := range p.Bursts {
		all = append(all, b.Workers...)
	}
	return all
}

// Distinct counts the threads or processes, each once.
func (p Phase) Distinct() int {
	var ids []int
	for _, w := range p.Each() {
		ids = append(ids, w.Tasks[0])
	}
	slices.Sort(ids)
	return len(slices.Compact(ids))
}

// Workers counts the workers that the phase used: where it was repeated in
// several bursts, those of the largest burst; where the workers came one
// after the other, all of them.
func (p Phase) Workers() int {
	if p.Width() <= 1 {
		return p.Distinct()
	}
	most := 0
	for _, b := range p.Bursts {
		most = max(most, Phase{Bursts: []Burst{b}}.Distinct())
	}
	return most
}

// Even says that the workers used about the same CPU time.
func (p Phase) Even() bool {
	const apart = 1.35
	all := p.Each()
	least, most := all[0].CPU, all[0].CPU
	for _, w := range all {
		least, most = min(least, w.CPU), max(most, w.CPU)
	}
	return float64(most) <= apart*float64(least)
}

// overlap is the share of the shorter phase that lies within the other.
func (p Phase) overlap(q Phase) float64 {
	var both int64
	for _, a := range p.Bursts {
		for _, b := range q.Bursts {
			both += max(0, min(a.End, b.End)-max(a.Start, b.Start))
		}
	}
	shorter := min(p.Wall(), q.Wall())
	if shorter <= 0 {
		return 0
	}
	return float64(both) / float64(shorter)
}

// Rounds cuts the phase into rounds of so many workers, in the order in which
// these began: where a script repeats the phase and the last worker of a round ends
// as the first of the next begins, no break is seen between them. There are none
// where the workers are no multiple, twice at least, of that number.
func (p Phase) Rounds(workers int) []Phase {
	var spans []span
	for _, b := range p.Bursts {
		spans = append(spans, b.spans...)
	}
	if workers <= 0 || len(spans) < 2*workers || len(spans)%workers != 0 || p.Distinct() != len(spans) {
		return nil
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var rounds []Burst
	for group := range slices.Chunk(spans, workers) {
		b := Burst{Kind: p.Kind, Start: group[0].start}
		for _, s := range group {
			b.add(s)
		}
		rounds = append(rounds, b)
	}
	out := make([]Phase, len(rounds))
	for i, b := range rounds {
		b.After, b.Before = p.Bursts[0].After, p.Bursts[len(p.Bursts)-1].Before
		if i > 0 {
			b.After = min(b.Start, rounds[i-1].End)
		}
		if i+1 < len(rounds) {
			b.Before = max(b.End, rounds[i+1].Start)
		}
		out[i] = Phase{Kind: p.Kind, Bursts: []Burst{b}}
	}
	return out
}
