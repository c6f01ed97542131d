package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sched"
)

// supervisorName is the supervisor's argv[0].
const supervisorName = "gilcourse-supervisor"

// order is what the grader tells the supervisor, as one line of JSON.
type order struct {
	Args []string
	Dir  string
	Env  []string
	CPU  time.Duration // backstop for each process, 0 for none
}

// answer is what the supervisor reports once the tree is gone.
type answer struct {
	record.Outcome
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
	stdout, stderr := &capture{count: &printed}, &capture{count: &printed}
	sup := &exec.Cmd{Path: self, Args: []string{supervisorName}, Env: []string{}, Dir: "/",
		Stdout: stdout, Stderr: stderr, ExtraFiles: []*os.File{orders, answers}, WaitDelay: endDelay}
	err = sup.Start()
	orders.Close()
	answers.Close()
	if err != nil {
		return Result{}, fmt.Errorf("start the supervisor: %w", err)
	}

	start := time.Now()
	var watcher *sched.Watcher
	if c.Watch {
		watcher = sched.Watch(sup.Process.Pid, start)
	}
	err = json.NewEncoder(ordersOut).Encode(order{c.Args, c.Dir, c.Env, c.Limits.CPU})
	replies := make(chan []byte, 1)
	go func() {
		data, _ := io.ReadAll(answersIn)
		replies <- data
	}()

	// The supervisor ends the tree when its orders end.
	limit, reply := "", []byte(nil)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for waiting := true; waiting; {
		select {
		case reply = <-replies:
			waiting = false
		case <-ctx.Done():
			ordersOut.Close()
			reply = <-replies
			waiting = false
		case <-tick.C:
			var used sched.Usage
			if watcher != nil {
				used = watcher.Usage()
			}
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
	var res Result
	wall := time.Since(start)
	if watcher != nil {
		res.Observation = watcher.Stop()
	}
	waitErr := sup.Wait()
	if err != nil {
		return Result{}, fmt.Errorf("order the supervisor: %w", err)
	}

	var a answer
	if err := json.Unmarshal(reply, &a); err != nil {
		// Nobody but the command had a reason to end the supervisor.
		a = answer{Outcome: record.Outcome{Exit: -1, Limit: fmt.Sprintf("the run ended the process that supervises it (%v)", waitErr)}}
	}
	if a.Error != "" {
		return Result{}, fmt.Errorf("%s", a.Error)
	}
	res.Outcome = a.Outcome
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
