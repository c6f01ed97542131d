//go:build !linux

package sandbox

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"sync/atomic"
	"time"

	"github.com/gilcourse/gilcourse/grader/sched"
)

// Supervise is for Linux: elsewhere there is no supervisor.
func Supervise() bool { return false }

func run(ctx context.Context, c Command) (Result, error) {
	var printed atomic.Int64
	stdout, stderr := newCapture(c, &printed), newCapture(c, &printed)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.Dir, c.Env, stdout, stderr
	cmd.WaitDelay = time.Second
	if len(c.Input) > 0 {
		cmd.Stdin = bytes.NewReader(c.Input)
	}
	ownGroup(cmd)
	start, started := time.Now(), sched.Now()
	if err := cmd.Start(); err != nil {
		return Result{}, err
	}
	if c.Started != nil {
		c.Started(cmd.Process.Pid)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	res := Result{Started: started}
	var effort Effort
	stop := func(why string) {
		if res.Limit == "" && why != "" {
			res.Limit = why
			endGroup(cmd)
			cancel()
		}
	}
	for {
		select {
		case why := <-c.End:
			stop(why)
		case err := <-ended:
			endGroup(cmd)
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) && res.Limit == "" && !errors.Is(err, exec.ErrWaitDelay) {
				return Result{}, err
			}
			res.Exit = cmd.ProcessState.ExitCode()
			res.WallUS = time.Since(start).Microseconds()
			res.CPUUS = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Microseconds()
			res.Stdout, res.Stderr = stdout.String(), stderr.String()
			return res, nil
		case <-tick.C:
			wall := time.Since(start)
			effort.Add(wall, sched.Usage{})
			stop(c.Limits.Patience.Spent(effort, 0))
			stop(c.Limits.exceeded(wall, sched.Usage{}, printed.Load()))
			if c.Progress != nil {
				c.Progress(wall, sched.Usage{})
			}
		}
	}
}
