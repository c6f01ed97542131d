package sandbox

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sched"
)

// supervisorName is the supervisor's argv[0].
const supervisorName = "gilcourse-supervisor"

// order is what the grader tells the supervisor, first of all.
type order struct {
	Args  []string
	Dir   string
	Env   []string
	CPU   time.Duration // backstop for each process, 0 for none
	Watch bool
	Share float64
}

// message is one of many from the supervisor: what the tree has used so
// far, again and again, and at last the answer.
type message struct {
	Used   *sched.Usage
	Answer *answer
}

// answer is what the supervisor reports once the tree is gone.
type answer struct {
	Result
	Error string // why the command could not be started
}

// endDelay is how long the supervisor may take to end a tree.
const endDelay = 10 * time.Second

func run(ctx context.Context, c Command) (Result, error) {
	self, err := os.Executable()
	if err != nil {
		return Result{}, err
	}
	orders, ordersOut, err := os.Pipe()
	if err != nil {
		return Result{}, err
	}
	defer ordersOut.Close()
	answersIn, answers, err := os.Pipe()
	if err != nil {
		orders.Close()
		return Result{}, err
	}
	defer answersIn.Close()

	var printed atomic.Int64
	stdout, stderr := &capture{count: &printed, keep: c.keepOutput()}, &capture{count: &printed, keep: c.keepOutput()}
	// A session of its own: where the kernel shares cores out by session
	// (sched_autogroup), the watching must not wait behind the grader's
	// neighbours.
	sup := &exec.Cmd{Path: self, Args: []string{supervisorName}, Env: []string{}, Dir: "/", Stdout: stdout, Stderr: stderr,
		ExtraFiles: []*os.File{orders, answers}, SysProcAttr: &syscall.SysProcAttr{Setsid: true}, WaitDelay: endDelay}
	err = sup.Start()
	orders.Close()
	answers.Close()
	if err != nil {
		return Result{}, fmt.Errorf("start the supervisor: %w", err)
	}
	start := time.Now()
	err = gob.NewEncoder(ordersOut).Encode(order{c.Args, c.Dir, c.Env, c.Limits.CPU, c.Watch, c.Share})
	messages := make(chan message)
	go func() {
		defer close(messages)
		for dec := gob.NewDecoder(answersIn); ; {
			var m message
			if dec.Decode(&m) != nil {
				return
			}
			messages <- m
		}
	}()

	// The supervisor ends the tree when its orders end.
	var final *answer
	var used sched.Usage
	limit, done := "", ctx.Done()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for open := true; open; {
		var m message
		select {
		case m, open = <-messages:
			if m.Used != nil {
				used = *m.Used
			}
			if m.Answer != nil {
				final = m.Answer
			}
		case <-done:
			ordersOut.Close()
			done = nil
		case why := <-c.End:
			if limit == "" {
				limit = why
				ordersOut.Close()
			}
		case <-tick.C:
			wall := time.Since(start)
			if limit == "" {
				if limit = c.Limits.exceeded(wall, used, printed.Load()); limit != "" {
					ordersOut.Close()
				}
			}
			if c.Progress != nil {
				c.Progress(wall, used)
			}
		}
	}
	wall := time.Since(start)
	waitErr := sup.Wait()
	if err != nil {
		return Result{}, fmt.Errorf("order the supervisor: %w", err)
	}

	if final == nil { // nobody but the command had a reason to end the supervisor
		final = &answer{Result: Result{Outcome: record.Outcome{Exit: -1, WallUS: wall.Microseconds(),
			Limit: fmt.Sprintf("the run ended the process that supervises it (%v)", waitErr)}}}
	}
	if final.Error != "" {
		return Result{}, errors.New(final.Error)
	}
	res := final.Result
	if limit != "" {
		res.Limit = limit
	}
	if res.WallUS == 0 {
		res.WallUS = wall.Microseconds()
	}
	res.Stdout, res.Stderr = stdout.String(), stderr.String()
	res.Outcome.PeakKB = res.Observation.PeakKB
	res.SamplerUS = res.Cost.Microseconds()
	return res, nil
}
