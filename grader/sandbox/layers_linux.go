package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
)

var limitsLayer = record.Layer{Name: layerLimits, Detail: "own session, all processes ended, a clean environment, bounded time, memory, tasks and output", Active: true}

// choose finds out what works here.
func choose(ctx context.Context, mode Mode) (*Layers, error) {
	if mode == Off {
		return none(mode, "switched off", ""), nil
	}
	l, err := chooseIsolation(ctx, mode)
	if err != nil {
		return nil, err
	}
	return l, l.chooseGroup(ctx)
}

// chooseGroup adds a control group, if one can be had.
func (l *Layers) chooseGroup(ctx context.Context) error {
	layer := record.Layer{Name: layerGroup, Fix: "systemd-run --user --scope -p Delegate=yes gilcourse ..."}
	p := l.plan
	if p.Group, layer.Reason = groupParent(); layer.Reason == "" {
		var err error
		if layer.Reason, err = try(ctx, p); err != nil {
			return err
		}
	}
	if layer.Reason == "" {
		l.plan = p
		layer.Active, layer.Fix = true, ""
		layer.Detail = "all processes ended at once; memory and tasks are not bounded by it"
		if g, err := newGroup(p.Group, Limits{}); err == nil {
			if g.limits() {
				layer.Detail = "all processes ended at once, memory and tasks bounded by the kernel"
			}
			g.remove()
		}
	}
	for i := range l.report.Layers {
		if l.report.Layers[i].Name == layerGroup {
			l.report.Layers[i] = layer
		}
	}
	return nil
}

// chooseIsolation tries plans out, the strongest first, and takes the first
// that works.
func chooseIsolation(ctx context.Context, mode Mode) (*Layers, error) {
	why := map[space]string{}
	best := plan{NoPrivs: true, Seccomp: auditArch != 0, Landlock: landlockABI()}
	for _, s := range []space{private, mounted, shared} {
		p := best
		if p.Space = s; s != shared {
			p.UID = otherUser()
		}
		reason, err := try(ctx, p)
		if err != nil {
			return nil, err
		}
		if reason == "" {
			return describe(mode, p, why), nil
		}
		why[s] = reason
	}
	// Not even without namespaces: the two others, one by one.
	l := none(mode, why[private], "")
	for _, p := range []plan{{NoPrivs: true, Landlock: best.Landlock}, {NoPrivs: true, Seccomp: best.Seccomp}, {NoPrivs: true}} {
		reason, err := try(ctx, p)
		if err != nil {
			return nil, err
		}
		if reason == "" {
			return describe(mode, p, why), nil
		}
		for i := range l.report.Layers {
			if name := l.report.Layers[i].Name; name != layerLimits && name != layerGroup {
				l.report.Layers[i].Reason = reason
			}
		}
	}
	return l, nil
}

// try runs a small command under a plan. It gives the reason where that
// fails; an error is the context's.
func try(ctx context.Context, p plan) (reason string, err error) {
	l := &Layers{plan: p}
	s, err := NewScratch(l)
	if err != nil {
		return "", err
	}
	defer s.Close()
	res, err := Run(ctx, Command{Args: probeCommand(), Dir: s.Dir, Box: &Box{Layers: l, Tmp: s.Tmp},
		Watch: true, Limits: Limits{Wall: 20 * time.Second}})
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		var setup *setupError
		if errors.As(err, &setup) {
			return setup.Reason, nil
		}
		return err.Error(), nil
	case !res.OK():
		return strings.TrimSpace(fmt.Sprintf("a command inside did not run (exit status %d %s %s)", res.Exit, res.Signal, res.Limit)), nil
	}
	return "", nil
}

// probeCommand is a command that every system has.
func probeCommand() []string {
	if path, err := exec.LookPath("/bin/true"); err == nil {
		return []string{path}
	}
	return []string{"/bin/sh", "-c", ":"}
}

// setupError says which step of the sandbox failed.
type setupError struct{ Reason string }

func (e *setupError) Error() string { return "set up the sandbox: " + e.Reason }

// describe reports a plan that works.
func describe(mode Mode, p plan, why map[space]string) *Layers {
	spaces := record.Layer{Name: layerPrivate, Active: p.Space != shared}
	fix := spaceFix()
	switch p.Space {
	case private:
		spaces.Detail = "own processes, files, network and IPC"
	case mounted:
		spaces.Detail = "own files, network and IPC"
		spaces.Reason = "other processes can be seen: " + why[private]
		spaces.Fix = fix
	default:
		spaces.Reason, spaces.Fix = why[private], fix
	}
	if p.UID != 0 {
		spaces.Detail += fmt.Sprintf(", as user %d", p.UID)
	}
	lock := record.Layer{Name: layerLandlock, Active: p.Landlock > 0, Detail: fmt.Sprintf("ABI %d", p.Landlock)}
	if !lock.Active {
		lock.Detail, lock.Reason, lock.Fix = "", "the kernel does not offer it", "Linux 5.13 or newer with landlock in its list of security modules (lsm=)"
	}
	comp := record.Layer{Name: layerSeccomp, Active: p.Seccomp}
	if !comp.Active {
		comp.Reason = "the kernel refuses a filter"
	}
	return &Layers{plan: p, report: record.Sandbox{Mode: string(mode), Layers: []record.Layer{spaces, lock, comp,
		{Name: layerNoPrivs, Active: p.NoPrivs}, {Name: layerGroup}, limitsLayer}}}
}

// spaceFix says what would allow namespaces here.
func spaceFix() string {
	is := func(file, want string) bool {
		data, err := os.ReadFile(file)
		return err == nil && strings.TrimSpace(string(data)) == want
	}
	exists := func(file string) bool { _, err := os.Stat(file); return err == nil }
	switch {
	case is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"):
		return "Ubuntu's AppArmor restricts user namespaces: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile that grants gilcourse `userns,`"
	case is("/proc/sys/user/max_user_namespaces", "0"):
		return "sudo sysctl -w user.max_user_namespaces=10000"
	case is("/proc/sys/kernel/unprivileged_userns_clone", "0"):
		return "sudo sysctl -w kernel.unprivileged_userns_clone=1"
	case exists("/.dockerenv"), exists("/run/.containerenv"):
		return "in a container: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined, and --security-opt systempaths=unconfined for processes of its own"
	}
	return "user namespaces need Linux 5.12 or newer and must be allowed to this user"
}
