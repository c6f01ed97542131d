package verdict

import (
	"cmp"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// made is a call with what was seen during it.
type made struct {
	*record.Call
	run    *record.Run
	window phase.Window
	// asked are the requests of the call.
	asked []record.Request
	// list is what was passed as a list: sizes or items; a single size, too.
	list []int64
	// peer is the reference's call with the same inputs, nil where there is
	// none.
	peer *made
}

// shares are the CPU times, in µs, of the main thread, of the other threads of
// the program, and of all other processes: from the samples, and where the
// kernel's accounts were read, from those, since nothing is missed there.
func (m made) shares() (main, threads, processes float64) {
	w := m.window
	main, threads, processes = float64(w.Main), float64(w.Threads), float64(w.Processes)
	if b := m.Bill; b != nil && b.Own+b.Children >= leastBill {
		// The call's two instants are told from inside, the accounts are of
		// the time from its order to its answer.
		main = math.Max(main, float64(b.Main-2*record.Tick))
		threads, processes = math.Max(0, float64(b.Own)-main), float64(b.Children)
	}
	return main, threads, processes
}

// leastBill is the CPU time, in µs, from which on ticks of 10 ms are fine
// enough.
const leastBill = 60_000

// cpu is the CPU time of the whole call, in µs.
func (m made) cpu() float64 {
	main, threads, processes := m.shares()
	return main + threads + processes
}

func (m made) wall() float64 { return float64(m.End-m.Begin) / 1e6 }

// workers gives what the call's workers did, of the kind that did more; nil
// where only the main thread was busy.
func (m made) workers() *phase.Phase {
	threads, processes := m.window.All(phase.Threads), m.window.All(phase.Processes)
	_, inThreads, inProcesses := m.shares()
	switch {
	case threads == nil:
		return processes
	case processes == nil || inThreads > inProcesses:
		return threads
	}
	return processes
}

// turns is the work of the call in turns of the workload's loop, 0 where it
// is not counted in them.
func (m made) turns(c *spec.Call) float64 {
	sum := 0.0
	switch c.Expect {
	case spec.Tasks, spec.Figures:
		if c.Computes() == "" {
			return 0
		}
		for _, s := range m.list {
			sum += float64(s)
		}
	case spec.Stored:
		sum = float64(m.Turns) * float64(len(m.list))
	}
	return sum
}

// tasks is how many tasks the call had.
func (m made) tasks() float64 {
	if n := m.Values["count"]; n > 0 {
		return n
	}
	return math.Max(1, float64(m.Count))
}

// look cuts the windows of one program's measured calls, by the spec's call.
func (j *judge) look(whose record.Whose) map[string][]made {
	out := map[string][]made{}
	for i := range j.rec.Runs {
		run := &j.rec.Runs[i]
		if run.Whose != whose {
			continue
		}
		for k := range run.Calls {
			call := &run.Calls[k]
			if j.spec.Call(call.ID) == nil || call.Aim == record.Pilot && call.Ended == record.Returned {
				continue // the import, a rest, or a call of another version of the spec
			}
			m := made{Call: call, run: run}
			switch inputs := (workload.Call{Seed: call.Seed}); {
			case call.Mean > 0:
				m.list = inputs.Sizes(call.Count, call.Mean, false)
			case call.Count > 0:
				m.list = inputs.Items(call.Count)
			}
			if call.Aim == record.Measured && call.Ended == record.Returned && (whose == record.Learner || watched(j.spec.Call(call.ID))) {
				m.window = phase.Within(run, call.Begin, call.End)
			}
			for _, r := range run.Requests {
				if r.Begin >= call.Begin && r.Begin <= call.End {
					m.asked = append(m.asked, r)
				}
			}
			out[call.ID] = append(out[call.ID], m)
		}
	}
	return out
}

// beside are the kinds of result for which the reference's calls are looked at
// as closely as the learner's.
var beside = []spec.Expectation{spec.Tasks, spec.Figures, spec.Reference, spec.Stored}

// watched says that the reference's call is looked at as closely as the learner's.
func watched(c *spec.Call) bool { return slices.Contains(beside, c.Expect) || c.Compared() }

// of gives the calls with this aim that returned.
func of(calls []made, aim record.Aim) []made {
	var out []made
	for _, m := range calls {
		if m.Aim == aim && m.Ended == record.Returned {
			out = append(out, m)
		}
	}
	return out
}

// answers gives the calls whose results must be right, as far as they
// returned.
func answers(calls []made) []made {
	return append(of(calls, record.Measured), of(calls, record.Again)...)
}

// callQuantities are those of a challenge whose functions are called.
func (j *judge) callQuantities() {
	j.calls, j.peers = j.look(record.Learner), j.look(record.Reference)
	j.fresh = freshest(j.rec.Runs)
	for i := range j.spec.Calls {
		if c := &j.spec.Calls[i]; c.Compared() && len(of(j.peers[c.ID], record.Measured)) > 0 {
			j.calls[c.ID] = j.peers[c.ID]
		}
	}
	j.pair()
	j.module()
	j.afterwards()
	for i := range j.spec.Calls {
		c := &j.spec.Calls[i]
		if why := j.unbuilt(); c.Native && why != "" && len(of(j.calls[c.ID], record.Measured)) == 0 {
			for _, q := range spec.CallQuantities {
				j.unknown(c.ID+"."+q.Name, why)
			}
			continue
		}
		j.outcomes(c)
		j.told(c)
		j.scheduled(c)
		j.asked(c)
		j.sped(c)
		j.looked(c)
		j.logged(c)
	}
	for i := range j.spec.Calls { // with all quantities at hand
		j.answered(&j.spec.Calls[i])
	}
}

// freshest is the least CPU time, in µs, of the reference's interpreters until
// they had imported the module; 0 where none has.
func freshest(runs []record.Run) int64 {
	var used []int64
	for i := range runs {
		for _, c := range runs[i].Calls {
			if runs[i].Whose == record.Reference && c.Aim == record.Import {
				used = append(used, phase.Within(&runs[i], 0, c.End).Main)
			}
		}
	}
	if len(used) == 0 {
		return 0
	}
	return slices.Min(used)
}

// unbuilt says what has to be installed to build the C code, empty for nothing.
func (j *judge) unbuilt() string {
	for _, b := range j.rec.Submission.Builds {
		if b.Missing != "" {
			return b.File + " could not be built: it takes " + b.Missing
		}
	}
	return ""
}

// module are the quantities of the module as a whole.
func (j *judge) module() {
	imported, calls := false, 0
	undefined := map[string]bool{}
	if why := j.unbuilt(); why != "" {
		j.unknown("module.extensions", why)
	} else {
		j.set("module.extensions", stat.Exactly(float64(extensions(j.rec.Submission.Builds))))
	}
	for _, r := range j.rec.Runs {
		if r.Whose != record.Learner {
			continue
		}
		for _, c := range r.Calls {
			switch {
			case c.Aim == record.Import:
				imported = c.Ended == record.Returned
			case j.spec.Call(c.ID) != nil && (c.Ended == record.Undefined || c.Ended == record.Signature):
				undefined[j.spec.Call(c.ID).Function] = true
			}
			calls++
		}
	}
	j.setTruth("module.imported", imported)
	if functions := len(j.spec.Functions()); imported && calls > 1 && functions > 0 {
		j.set("module.functions", stat.Exactly(1-float64(len(undefined))/float64(functions)))
	} else {
		j.missing("module.functions", "the module could not be imported")
	}
}

// extensions counts the files that were built for this interpreter to import:
// their names have a tag (PEP 3149), those of other libraries have none.
func extensions(builds []record.Build) int {
	n := 0
	for _, b := range builds {
		for _, name := range b.Made {
			if base := path.Base(name); b.OK && (strings.Contains(base, ".cpython-") || strings.Contains(base, ".abi3.") || strings.Contains(base, ".pypy")) {
				n++
			}
		}
	}
	return n
}

// scheduled are the quantities of the scheduler witness.
func (j *judge) scheduled(c *spec.Call) {
	back := of(j.calls[c.ID], record.Measured)
	quick := c.Native && !slices.ContainsFunc(back, func(m made) bool { return m.cpu() >= leastBill })
	figure := func(name string, f func(made) (stat.Interval, bool)) {
		var rounds []stat.Interval
		for _, m := range back {
			if v, ok := f(m); ok && v.Valid() {
				rounds = append(rounds, v)
			}
		}
		switch {
		case len(back) == 0:
			j.missing(c.ID+"."+name, "it never returned")
		case !j.rec.Host.Scheduler:
			j.unknown(c.ID+"."+name, "tasks cannot be observed on "+j.rec.Host.OS)
		case quick && name != "size": // which is what makes it so
			j.unknown(c.ID+"."+name, "the calls were over too soon to be observed")
		case len(rounds) == 0:
			j.missing(c.ID+"."+name, "no thread or process beside the main thread did a fair share of the work")
		default:
			j.set(c.ID+"."+name, stat.Middle(rounds))
		}
	}
	share := func(part func(main, threads, processes float64) float64) func(made) (stat.Interval, bool) {
		return func(m made) (stat.Interval, bool) {
			return stat.Exactly(part(m.shares()) / math.Max(1, m.cpu())), true
		}
	}
	// Starting workers takes the main thread some time, on some machines a lot:
	// what the reference's took here is no computing.
	usual, turn := j.usualInMain(c)
	figure("in_main", func(m made) (stat.Interval, bool) {
		main, _, _ := m.shares()
		cpu := math.Max(1, m.cpu())
		if work := decoys * turn * m.turns(c); work > 0 {
			cpu = math.Min(cpu, work)
		}
		return stat.Exactly(math.Max(0, main/cpu-usual)), true
	})
	figure("in_threads", share(func(_, threads, _ float64) float64 { return threads }))
	figure("in_processes", share(func(_, _, processes float64) float64 { return processes }))

	workers := func(f func(made, *phase.Phase) stat.Interval) func(made) (stat.Interval, bool) {
		return func(m made) (stat.Interval, bool) {
			p := m.workers()
			if p == nil {
				return stat.Interval{}, false
			}
			return f(m, p), true
		}
	}
	figure("workers", workers(func(_ made, p *phase.Phase) stat.Interval { return stat.Exactly(float64(p.Distinct())) }))
	figure("concurrency", workers(func(_ made, p *phase.Phase) stat.Interval { return stat.Exactly(p.Concurrency()) }))
	figure("parallelism", workers(func(_ made, p *phase.Phase) stat.Interval { return p.Parallelism() }))
	figure("handoffs", workers(func(_ made, p *phase.Phase) stat.Interval { return p.HandOffs() }))
	figure("cores", workers(func(m made, p *phase.Phase) stat.Interval { return stat.Exactly(j.room(p, m.window.Run)) }))
	figure("memory", workers(func(m made, p *phase.Phase) stat.Interval { return stat.Exactly(memory(m, p)) }))
	figure("utilization", func(m made) (stat.Interval, bool) {
		return stat.Exactly(m.cpu() / 1e6 / math.Max(m.wall(), 1e-6)), true
	})
	figure("size", func(m made) (stat.Interval, bool) { return stat.Exactly(m.Mean), true })
	figure("cost", func(m made) (stat.Interval, bool) { return stat.Exactly(m.cpu() / m.tasks()), true })
	paired := slices.ContainsFunc(back, func(m made) bool { return m.peer != nil && m.peer.window.Run != nil })
	besidePeer := func(name string, cpu func(made) float64) {
		if len(back) > 0 && !paired {
			j.unknown(c.ID+"."+name, "the reference was not run beside it")
			return
		}
		figure(name, func(m made) (stat.Interval, bool) {
			if m.peer == nil || m.peer.window.Run == nil {
				return stat.Interval{}, false
			}
			return stat.Exactly(cpu(m) / math.Max(1000, m.peer.cpu())), true
		})
	}
	besidePeer("work", made.cpu)
	besidePeer("busiest", j.busiest)
	if slices.ContainsFunc(back, func(m made) bool { return m.Bill == nil }) {
		j.unknown(c.ID+".messages", "the kernel does not tell here how much a process writes")
		return
	}
	figure("messages", func(m made) (stat.Interval, bool) { return stat.Exactly(float64(m.Bill.Messages) / m.tasks()), true })
}

// decoys is how many times the reference's CPU time a call may use for the same
// work: starts of interpreters may double it, and what is beyond is no work, but
// hides who did it.
const decoys = 2

// usualInMain is the share of a call's CPU time that the main thread uses in
// the reference, and the CPU time of a turn there, in µs; 0 where that was not
// run, or does not count in turns.
func (j *judge) usualInMain(c *spec.Call) (share, turn float64) {
	var shares, turns []float64
	for _, m := range of(j.peers[c.ID], record.Measured) {
		if main, _, _ := m.shares(); m.window.Run != nil {
			shares = append(shares, main/math.Max(1, m.cpu()))
			if n := m.turns(c); n > 0 {
				turns = append(turns, m.cpu()/n)
			}
		}
	}
	if len(shares) == 0 {
		return 0, 0
	}
	if len(turns) > 0 {
		turn = stat.Median(turns)
	}
	return stat.Median(shares), turn
}

// busiest is the CPU time, in µs, of the worker that used most, without its
// start-up; 0 where only the main thread was busy.
func (j *judge) busiest(m made) float64 {
	most := 0.0
	if p := m.workers(); p != nil {
		for _, used := range j.used(p) {
			most = math.Max(most, used)
		}
	}
	return most
}

// memory is the most that one of the call's worker processes held, in MiB.
func memory(m made, p *phase.Phase) float64 {
	if p.Kind != phase.Processes {
		return 0
	}
	var most int64
	for _, w := range p.Each() {
		for _, t := range w.Tasks {
			most = max(most, m.window.Run.Tasks[t].PeakKB)
		}
	}
	return float64(most) / 1024
}

// sped are the quantities of the clock witness: times for the same work.
func (j *judge) sped(c *spec.Call) {
	j.waited(c)
	name := c.ID + ".speedup"
	base, call := split(j.paces(j.calls, c))
	if len(call) == 0 {
		j.missing(name, "it never returned")
		j.missing(c.ID+".efficiency", "it never returned")
		return
	}
	if len(base) == 0 {
		j.unknown(name, "there is nothing to compare it with")
		j.unknown(c.ID+".efficiency", "there is nothing to compare it with")
		return
	}
	confidence := plan.Rounds(j.spec).Confidence()
	j.set(name, stat.Ratio([][]float64{base}, [][]float64{call}, confidence))
	rbase, rcall := split(j.paces(j.peers, c))
	if len(rbase) == 0 || len(rcall) == 0 {
		j.unknown(c.ID+".efficiency", "the reference was not run beside it")
		return
	}
	j.set(c.ID+".efficiency", stat.Ratio([][]float64{base, rcall}, [][]float64{call, rbase}, confidence))
}

// waited compares how long the calls took with what they were asked to wait.
func (j *judge) waited(c *spec.Call) {
	worst := map[*record.Run]float64{}
	for _, m := range of(j.calls[c.ID], record.Measured) {
		if s := m.Values["seconds"]; s > 0 && m.wall() > 0 {
			if ratio := m.wall() / s; math.Abs(math.Log(ratio)) >= math.Abs(math.Log(cmp.Or(worst[m.run], 1))) {
				worst[m.run] = ratio
			}
		}
	}
	var rounds []stat.Interval
	for _, ratio := range worst {
		rounds = append(rounds, stat.Exactly(ratio))
	}
	if j.missing(c.ID+".waited", "it never returned"); len(rounds) > 0 {
		j.set(c.ID+".waited", stat.Middle(rounds))
	}
}

// paces gives the times of a call over the rounds, those of the work alone by
// turn of the workload's loop where both count in turns; else it is what the
// call would have taken one step after the other.
func (j *judge) paces(calls map[string][]made, c *spec.Call) []Times {
	var times []Times
	loops := map[*record.Run]float64{} // seconds a turn
	var all []float64
	computes := cmp.Or(c.Computes(), "task") // process has the same loop
	for i := range j.spec.Calls {
		if b := &j.spec.Calls[i]; b.Function == "" && b.Computes() == computes {
			for _, m := range of(calls[b.ID], record.Measured) {
				if t := m.turns(b); t > 0 {
					loops[m.run] = m.wall() / t
					all = append(all, m.wall()/t)
				}
			}
		}
	}
	for _, m := range of(calls[c.ID], record.Measured) {
		wall, alone := m.wall(), 0.0
		for _, r := range m.asked {
			alone += float64(max(0, r.End-r.Begin)) / 1e6
		}
		loop, known := loops[m.run]
		if !known && len(all) > 0 { // a run that went on after a call had ended the one before
			loop, known = stat.Median(all), true
		}
		turns := m.turns(c)
		switch {
		case c.Expect == spec.Primes || c.Expect == spec.Factorials:
			alone = m.cpu() / 1e6
		case turns > 0 && !known:
			continue
		default:
			alone += turns * loop
		}
		if alone > 0 && wall > 0 {
			times = append(times, Times{Alone: alone, Took: wall, Work: cmp.Or(turns, 1)})
		}
	}
	return times
}
