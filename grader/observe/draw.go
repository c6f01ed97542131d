package observe

import (
	"fmt"
	"slices"
	"time"

	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/server"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// inputs are what is passed in one call, and how the server answers during it.
type inputs struct {
	step        plan.Step
	call        *record.Call // which notes what was drawn
	sized       nativeSize
	iterationNS float64
	server      string // its address
	drawn       workload.Call
	answers     server.Plan
	failing     string // which of the callables fails, empty for none
}

// draw draws the inputs of a call from its seed, and notes in it what they are.
func draw(step plan.Step, call *record.Call, sized nativeSize, iterationNS float64, address string) ([]python.Argument, server.Plan) {
	in := inputs{step: step, call: call, sized: sized, iterationNS: iterationNS, server: address, drawn: workload.Call{Seed: call.Seed}}
	in.answers = server.Plan{Call: in.drawn, Mean: time.Duration(step.Call.Delay), Refused: -1, Odd: -1}
	if step.Call.Takes > 0 {
		in.answers.Iterations = int64(in.iterations(step.Call.Takes))
		call.Iterations = in.answers.Iterations
	}
	if step.Aim == record.Raises {
		in.failing = failing(step.Call)
	}
	var arguments []python.Argument
	for _, a := range step.Call.Arguments {
		arguments = append(arguments, in.argument(a))
	}
	if a := step.Call.Role(spec.RoleCount); a != nil && in.failing == "fetch" {
		count := call.Values[a.Name]
		in.answers.Refused = int64(in.drawn.Failing(int(count)))
	}
	return arguments, in.answers
}

// failing gives the callable through which an exception is sent: the last that
// computes, else what fetches.
func failing(call *spec.Call) string {
	name := ""
	for _, a := range call.Arguments {
		if a.Is == "task" || a.Is == "process" || a.Is == "fetch" && name == "" {
			name = a.Is
		}
	}
	return name
}

// iterations gives how many iterations of the workload's loop take this CPU
// time, at least one.
func (in *inputs) iterations(d spec.Duration) float64 {
	return max(1, float64(d)/in.iterationNS*plan.Share(in.step.Aim))
}

// argument draws one argument.
func (in *inputs) argument(a spec.Argument) python.Argument {
	switch {
	case a.Is != "" && a.Is == in.failing && a.Is != "fetch":
		return python.Argument{Callable: "failing_" + a.Is}
	case slices.Contains(spec.Objects, a.Is):
		return python.Argument{Object: a.Is}
	case a.Is != "":
		return python.Argument{Callable: a.Is}
	case a.Takes > 0:
		return python.Argument{Value: in.sizes(a)}
	case a.Items > 0:
		in.call.Count = a.Items
		items := in.drawn.Items(a.Items)
		if in.failing == "process" {
			in.answers.Odd = items[in.drawn.Failing(a.Items)]
		}
		return python.Argument{Value: items}
	case a.URLs > 0:
		in.call.Count = a.URLs
		urls := make([]string, a.URLs)
		for i, item := range in.drawn.Items(a.URLs) {
			urls[i] = fmt.Sprintf("http://%s/fetch/%d", in.server, item)
		}
		return python.Argument{Value: urls}
	case a.Value != nil:
		in.call.Values[a.Name] = *a.Value
		return python.Argument{Value: *a.Value}
	}
	return python.Argument{Value: in.ofCase(a.Name)}
}

// sizes draws a list of sizes, or the single one that is asked for.
func (in *inputs) sizes(a spec.Argument) any {
	if in.step.Aim == record.Edge {
		in.call.Inputs = in.step.Call.EdgesOf(in.step.Case, in.drawn.SmallPrimes())
		in.call.Count = len(in.call.Inputs)
		if a.Sizes == 0 {
			return in.call.Inputs[0]
		}
		return in.call.Inputs
	}
	mean, n := in.iterations(a.Takes), a.Sizes
	if in.step.Call.Native {
		mean, n = float64(in.sized.size), in.sized.tasks
	}
	if a.Sizes == 0 {
		n = 1
	}
	in.call.Count, in.call.Mean = n, mean
	sizes := in.drawn.Sizes(n, mean, in.failing == "task")
	if a.Sizes == 0 {
		return sizes[0]
	}
	return sizes
}

// ofCase gives what the case says.
func (in *inputs) ofCase(name string) any {
	v := in.step.Call.Cases[in.step.Case][name]
	if v.Text == "" {
		in.call.Values[name] = v.Number
		return v.Number
	}
	if in.call.Texts == nil {
		in.call.Texts = map[string]string{}
	}
	in.call.Texts[name] = v.Text
	return v.Text
}
