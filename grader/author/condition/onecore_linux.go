package condition

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// oneCore confines this process to the last of its cores: the first one often
// has the interrupts.
func oneCore() (func() error, error) {
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return nil, &Unavailable{OneCore, "read the cores that may be used: " + err.Error()}
	}
	for core, left := 0, all.Count(); left > 0; core++ {
		if all.IsSet(core) {
			if left--; left == 0 {
				one.Set(core)
			}
		}
	}
	undo := func() error {
		if err := confine(&all); err != nil {
			return fmt.Errorf("use all cores again, after the condition %s: %w", OneCore, err)
		}
		return nil
	}
	if err := confine(&one); err != nil {
		return nil, errors.Join(&Unavailable{OneCore, err.Error()}, undo())
	}
	return undo, nil
}

// confine sets the cores of all threads of this process. A new thread has those
// of the one that makes it, so it looks again until none is found with others.
func confine(set *unix.CPUSet) error {
	for range 1000 {
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return err
		}
		changed := false
		for _, task := range tasks {
			tid, err := strconv.Atoi(task.Name())
			if err != nil {
				return err
			}
			var has unix.CPUSet
			if unix.SchedGetaffinity(tid, &has) == nil && has == *set {
				continue
			}
			if err := unix.SchedSetaffinity(tid, set); err != nil && !errors.Is(err, unix.ESRCH) {
				return fmt.Errorf("set the cores of a thread: %w", err)
			}
			changed = true
		}
		if !changed {
			return nil
		}
	}
	return errors.New("new threads have other cores again and again")
}
