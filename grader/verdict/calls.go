package verdict

import (
	"cmp"
	"fmt"
	"math"
	"slices"

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
	// list is what was passed as a list: sizes or items.
	list []int64
}

// shares are the CPU times, in µs, of the main thread, of the other threads of
// the program, and of all other processes: from the samples, and where the
// kernel's accounts were read, from those, since nothing is missed there.
func (m made) shares() (main, threads, processes float64) {
	w := m.window
	main, threads, processes = float64(w.Main), float64(w.Threads), float64(w.Processes)
	if b := m.Bill; b != nil && b.Own+b.Children >= leastBill {
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
	case spec.Tasks:
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
			if call.ID == "" || call.Aim == record.Pilot {
				continue
			}
			m := made{Call: call, run: run}
			switch inputs := (workload.Call{Seed: call.Seed}); {
			case call.Mean > 0:
				m.list = inputs.Sizes(call.Count, call.Mean, false)
			case call.Count > 0:
				m.list = inputs.Items(call.Count)
			}
			if call.Aim == record.Measured && call.Ended == record.Returned && (whose == record.Learner || j.spec.Call(call.ID).Expect == spec.Tasks) {
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
		j.scheduled(c)
		j.asked(c)
		j.sped(c)
	}
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
	for _, r := range j.rec.Runs {
		if r.Whose != record.Learner {
			continue
		}
		for _, c := range r.Calls {
			switch {
			case c.Aim == record.Import:
				imported = c.Ended == record.Returned
			case c.Ended == record.Undefined || c.Ended == record.Signature:
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

// outcomes are the quantities of the result witness.
func (j *judge) outcomes(c *spec.Call) {
	all := j.calls[c.ID]
	measured := slices.DeleteFunc(slices.Clone(all), func(m made) bool { return m.Aim != record.Measured })
	back := of(all, record.Measured)
	if len(measured) == 0 {
		j.missing(c.ID+".returned", "it was not called: the program had ended before")
	} else {
		j.setTruth(c.ID+".returned", len(back) == len(measured))
	}
	switch clear := 0; {
	case c.Expect == spec.Worth:
		right := true
		for _, m := range back {
			if want, known := j.worth(m); known {
				if m.run == back[0].run {
					clear++
				}
				right = right && len(m.Result) == 1 && (m.Result[0] != 0) == want
			}
		}
		j.set(c.ID+".cases", stat.Exactly(float64(clear)))
		switch {
		case clear > 0:
			j.setTruth(c.ID+".correct", right)
		case len(back) == 0:
			j.missing(c.ID+".correct", "it never returned")
		default:
			j.unknown(c.ID+".correct", "no case is clear on this machine as it was")
		}
	case len(back) == 0:
		j.missing(c.ID+".correct", "it never returned")
	default:
		j.setTruth(c.ID+".correct", !slices.ContainsFunc(answers(all), func(m made) bool { return wrong(c, m) != "" }))
	}
	if c.Raises {
		raised, hung := false, false
		for _, m := range all {
			if m.Aim == record.Raises {
				raised, hung = reached(c, m), m.Ended == record.Hung
			}
		}
		if j.setTruth(c.ID+".raises", raised); hung && poolsMayHang(j.rec.Python.Version) {
			j.unknown(c.ID+".raises", "it had not come back, which pools of this version of Python do by themselves at times when a task raises")
		}
	}
}

// poolsMayHang says of a version of Python that its ProcessPoolExecutor and
// Pool can wait for ever when they are shut down while tasks are pending: seen
// up to 3.10, once in some dozen calls.
func poolsMayHang(version string) bool {
	var major, minor int
	fmt.Sscanf(version, "%d.%d", &major, &minor)
	return major == 3 && minor <= 10
}

// expected gives what a call must return.
func expected(c *spec.Call, m made) []int64 {
	inputs := workload.Call{Seed: m.Seed}
	var want []int64
	switch c.Expect {
	case spec.Tasks:
		result := map[string]func(int64) int64{"task": workload.Task, "scan": workload.Scan}[c.Computes()]
		for _, s := range m.list {
			want = append(want, result(s))
		}
	case spec.Primes:
		for _, s := range m.list {
			want = append(want, workload.Primes(s))
		}
	case spec.Fetched:
		for i := range int64(m.Values["count"]) {
			want = append(want, inputs.Fetched(i, m.Turns, false))
		}
	case spec.Stored:
		for _, item := range m.list {
			want = append(want, inputs.Stored(workload.Process(inputs.Fetched(item, m.Turns, false))))
		}
	}
	return want
}

// wrong says what is wrong with what a call returned, empty for nothing.
func wrong(c *spec.Call, m made) string {
	var want record.Call
	want.Keep(expected(c, m))
	switch {
	case m.Type != "list" && m.Type != "tuple":
		return fmt.Sprintf("it returned %s, not a list", article(m.Type))
	case m.Odd != "":
		return fmt.Sprintf("its list holds %s, which is no result of %s", m.Odd, source(c))
	case m.Results != want.Results:
		return fmt.Sprintf("it returned %d results for %d inputs", m.Results, want.Results)
	case slices.Equal(m.Result, want.Result) && m.Digest == want.Digest:
		return ""
	case m.Sorted != "" && m.Sorted == want.Sorted,
		m.Sorted == "" && slices.Equal(slices.Sorted(slices.Values(m.Result)), slices.Sorted(slices.Values(want.Result))):
		return "the results are right but in another order than the inputs"
	}
	for i := range m.Result {
		switch {
		case m.Result[i] == want.Result[i]:
		case c.Expect == spec.Primes:
			return fmt.Sprintf("there are %d primes below %d, and it says %d", want.Result[i], m.list[i], m.Result[i])
		default:
			return fmt.Sprintf("result %d of %d is %d, and should be %d", i+1, want.Results, m.Result[i], want.Result[i])
		}
	}
	return fmt.Sprintf("a result after the first %d of %d is wrong", record.Kept, want.Results)
}

// source names what makes a call's results.
func source(c *spec.Call) string {
	return map[spec.Expectation]string{spec.Tasks: "`task`", spec.Primes: "counting primes", spec.Fetched: "`fetch`", spec.Stored: "`store`"}[c.Expect]
}

func article(noun string) string {
	switch {
	case noun == "NoneType":
		return "None"
	case noun != "" && slices.Contains([]byte("aeiou"), noun[0]):
		return "an " + noun
	}
	return "a " + noun
}

// reached says whether the exception of the task that raised is what the call
// ended with.
func reached(c *spec.Call, m made) bool {
	if m.Ended != record.Raised {
		return false
	}
	kind := "ValueError"
	if c.Expect == spec.Fetched {
		kind = "ConnectionError"
	}
	return slices.ContainsFunc(m.Thrown, func(e record.Exception) bool { return e.Type == kind })
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
		case quick:
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
	figure("in_main", share(func(main, _, _ float64) float64 { return main }))
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
	figure("cost", func(m made) (stat.Interval, bool) { return stat.Exactly(m.cpu() / m.tasks()), true })
	if slices.ContainsFunc(back, func(m made) bool { return m.Bill == nil }) {
		j.unknown(c.ID+".messages", "the kernel does not tell here how much a process reads and writes")
		return
	}
	figure("messages", func(m made) (stat.Interval, bool) { return stat.Exactly(float64(m.Bill.Messages) / m.tasks()), true })
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

// asked are the quantities of the server witness.
func (j *judge) asked(c *spec.Call) {
	if c.Expect != spec.Fetched && c.Expect != spec.Stored {
		return
	}
	var flight, mean, loops, lag, overlap []stat.Interval
	back := of(j.calls[c.ID], record.Measured)
	for _, m := range back {
		flight = append(flight, stat.Exactly(float64(inFlight(m.asked))))
		from, under := map[string]bool{}, 0.0
		for _, r := range m.asked {
			from[r.From] = true
			under += float64(r.End-r.Begin) / 1e6
		}
		mean = append(mean, stat.Exactly(under/m.wall()))
		loops = append(loops, stat.Exactly(float64(len(from))))
		if v, ok := lags(m.asked); ok {
			lag = append(lag, v)
		}
		if p := m.workers(); p != nil {
			overlap = append(overlap, stat.Exactly(overlapping(p, m.asked)))
		}
	}
	put := func(name string, rounds []stat.Interval) {
		switch {
		case len(back) == 0:
			j.missing(c.ID+"."+name, "it never returned")
		case len(rounds) == 0 && name == "overlap" && j.rec.Host.Scheduler:
			j.missing(c.ID+"."+name, "no thread or process beside the main thread did a fair share of the work")
		case len(rounds) == 0:
			j.unknown(c.ID+"."+name, "no request was seen to its end")
		default:
			j.set(c.ID+"."+name, stat.Middle(rounds))
		}
	}
	put("in_flight", flight)
	put("under_way", mean)
	put("loops", loops)
	put("lag", lag)
	put("overlap", overlap)
}

// inFlight is the most requests that were under way at once.
func inFlight(asked []record.Request) int {
	type edge struct {
		t    int64
		step int
	}
	var edges []edge
	for _, r := range asked {
		edges = append(edges, edge{r.Begin, 1}, edge{max(r.End, r.Begin), -1})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.step, b.step)) })
	now, most := 0, 0
	for _, e := range edges {
		now += e.step
		most = max(most, now)
	}
	return most
}

// lags is the median time, in seconds, from an answer until its client had
// read it, with the distribution-free interval of the median at 95 % (the
// order statistics around the middle, n/2 ± 0.98 √n).
func lags(asked []record.Request) (stat.Interval, bool) {
	var all []float64
	for _, r := range asked {
		if r.Left > 0 && r.End > 0 {
			all = append(all, math.Max(0, float64(r.Left-r.End)/1e6))
		}
	}
	if len(all) == 0 {
		return stat.Interval{}, false
	}
	slices.Sort(all)
	n := float64(len(all))
	at := func(i float64) float64 { return all[int(math.Min(n-1, math.Max(0, i)))] }
	return stat.Interval{Value: stat.Median(all), Lo: at(math.Floor(n/2 - 0.98*math.Sqrt(n))), Hi: at(math.Ceil(n/2 + 0.98*math.Sqrt(n)))}, true
}

// overlapping is the share of the workers' active time during which a request
// was under way.
func overlapping(p *phase.Phase, asked []record.Request) float64 {
	var busy, both int64
	for _, b := range p.Bursts {
		busy += b.End - b.Start
		at := b.Start
		for _, r := range asked { // by Begin
			from, to := max(r.Begin, at), min(r.End, b.End)
			if to > from {
				both += to - from
				at = to
			}
		}
	}
	return float64(both) / math.Max(1, float64(busy))
}

// sped are the quantities of the clock witness: times for the same work.
func (j *judge) sped(c *spec.Call) {
	name := c.ID + ".speedup"
	base, call := j.paces(j.calls, c)
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
	rbase, rcall := j.paces(j.peers, c)
	if len(rbase) == 0 || len(rcall) == 0 {
		j.unknown(c.ID+".efficiency", "the reference was not run beside it")
		return
	}
	j.set(c.ID+".efficiency", stat.Ratio([][]float64{base, rcall}, [][]float64{call, rbase}, confidence))
}

// paces gives the wall times of the baseline and of a call over the rounds,
// each for the same work: by turn of the workload's loop where both count in
// turns; else the baseline is what the call would have taken one step after
// the other.
func (j *judge) paces(calls map[string][]made, c *spec.Call) (base, call []float64) {
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
		case c.Expect == spec.Primes:
			alone = m.cpu() / 1e6
		case turns > 0 && !known:
			continue
		default:
			alone += turns * loop
		}
		if alone > 0 && wall > 0 {
			base, call = append(base, alone), append(call, wall)
		}
	}
	return base, call
}

// afterwards are the quantities of what the calls left behind.
func (j *judge) afterwards() {
	if !j.rec.Host.Scheduler {
		for _, name := range []string{"calls.growth", "calls.resting", "calls.left"} {
			j.unknown(name, "tasks cannot be observed on "+j.rec.Host.OS)
		}
		return
	}
	growth, resting, left := 0.0, []stat.Interval(nil), 0
	for i := range j.rec.Runs {
		run := &j.rec.Runs[i]
		if run.Whose != record.Learner {
			continue
		}
		left = max(left, run.End.Left)
		k := slices.IndexFunc(run.Calls, func(c record.Call) bool { return c.Aim == record.Rest })
		if k < 0 || run.Calls[k].Ended != record.Returned {
			continue
		}
		rest := run.Calls[k]
		from := (rest.Begin + rest.End) / 2 // what was under way may end
		w := phase.Within(run, from, rest.End)
		resting = append(resting, stat.Exactly(float64(w.Main+w.Threads+w.Processes)/math.Max(1, float64(rest.End-from))))
		growth = math.Max(growth, j.growth(run, rest.Begin))
	}
	j.set("calls.growth", stat.Exactly(growth))
	j.set("calls.left", stat.Exactly(float64(left)))
	if len(resting) == 0 {
		j.missing("calls.resting", "not all of the calls returned")
		return
	}
	j.set("calls.resting", stat.Middle(resting))
}

// growth is how many processes, or threads of the program, each further call
// of some function has left behind, of those that were alive at an instant
// after all calls: a pool that is kept is filled once.
func (j *judge) growth(run *record.Run, at int64) float64 {
	left := func(c record.Call, thread bool) float64 {
		n := 0
		for _, t := range run.Tasks {
			if t.Thread() == thread && (t.Parent > 0) != thread && t.Born >= c.Begin && t.Born <= c.End && t.Died > at {
				n++
			}
		}
		return float64(n)
	}
	most := 0.0
	for _, name := range j.spec.Functions() {
		for _, thread := range []bool{false, true} {
			var sum, largest, calls, workers float64
			for _, c := range run.Calls {
				if c.ID == "" || j.spec.Call(c.ID).Function != name {
					continue
				}
				n := left(c, thread)
				sum, largest, calls, workers = sum+n, math.Max(largest, n), calls+1, math.Max(workers, c.Values["workers"])
			}
			if calls > 1 && sum > workers+1 {
				most = math.Max(most, (sum-largest)/(calls-1))
			}
		}
	}
	return most
}
