package condition

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/sched"
)

const (
	// prefix stands before the pid in the name of a control group.
	prefix = "gilcourse-quota-"
	// period is that of the quota, in µs: the kernel's default.
	period = 100_000
	// removeLimit is how long what ran in a control group may take to leave it.
	removeLimit = 5 * time.Second
)

var (
	errNone   = errors.New("this process is in no control group that may have CPU limits")
	errBeside = errors.New("each run goes into a control group of its own, beside one that this process would move to; instead, measure under idle inside `systemd-run --scope -p Delegate=yes -p CPUQuota=100% gilcourse ...`")
)

// quota moves this process into a control group with a quota in cores: one below its own,
// so that all other limits stay, or where that has no CPU limits, beside it.
func quota(cores float64) (func() error, error) {
	var why error // of the first place
	for _, own := range sched.Groups() {
		if own.V2 && sandbox.Grouped() {
			why = cmp.Or(why, errBeside)
			continue
		}
		places := []string{own.Dir}
		if own.Dir != own.Mount {
			places = append(places, filepath.Dir(own.Dir))
		}
		for _, place := range places {
			clearGroups(place)
			undo, err := join(own, filepath.Join(place, prefix+strconv.Itoa(os.Getpid())), cores)
			if err == nil {
				return undo, nil
			}
			why = cmp.Or(why, err)
		}
	}
	return nil, &Unavailable{Quota, cmp.Or(why, errNone).Error()}
}

// clearGroups removes the control groups of processes that were killed.
func clearGroups(place string) {
	groups, _ := filepath.Glob(filepath.Join(place, prefix+"*"))
	for _, group := range groups {
		pid, err := strconv.Atoi(filepath.Base(group)[len(prefix):])
		if err == nil && pid != os.Getpid() && errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			unix.Rmdir(group) // refused where something is in it
		}
	}
}

// join makes the control group and moves this process into it.
func join(own sched.Group, group string, cores float64) (func() error, error) {
	if err := os.Mkdir(group, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	undo := func() error {
		err := write(own.Dir, "cgroup.procs", strconv.Itoa(os.Getpid()))
		for deadline := time.Now().Add(removeLimit); ; time.Sleep(10 * time.Millisecond) {
			gone := unix.Rmdir(group)
			if gone == nil || errors.Is(gone, unix.ENOENT) {
				break
			}
			if time.Now().After(deadline) {
				err = errors.Join(err, fmt.Errorf("remove the control group %s: %w", group, gone))
				break
			}
		}
		if err != nil {
			return fmt.Errorf("lift the condition %s: %w", Quota, err)
		}
		return nil
	}
	if err := limit(own, group, cores); err != nil {
		unix.Rmdir(group)
		return nil, err
	}
	if err := write(group, "cgroup.procs", strconv.Itoa(os.Getpid())); err != nil {
		return nil, errors.Join(err, undo())
	}
	return undo, nil
}

// limit sets the quota of the control group, in cores.
func limit(own sched.Group, group string, cores float64) error {
	most := int(period * cores)
	if own.V2 {
		err := write(group, "cpu.max", fmt.Sprintf("%d %d", most, period))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("%s does not hand its cpu controller down", filepath.Dir(group))
		}
		return err
	}
	return errors.Join(write(group, "cpu.cfs_period_us", strconv.Itoa(period)), write(group, "cpu.cfs_quota_us", strconv.Itoa(most)))
}

// write writes a file of a control group, which must be there.
func write(group, name, text string) error {
	f, err := os.OpenFile(filepath.Join(group, name), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
