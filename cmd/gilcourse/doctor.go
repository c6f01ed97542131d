package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/build"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/sched"
)

func doctorCommand() *cli.Command {
	return &cli.Command{
		Name:   "doctor",
		Usage:  "show what this machine can show: interpreters, compiler, cores, noise",
		Action: doctor,
	}
}

// image builds the container of .container/Containerfile; run runs it on the files of
// a folder, with what the sandbox needs.
const (
	image   = "docker build -t gilcourse -f .container/Containerfile https://github.com/gilcourse/gilcourse.git"
	inImage = "docker run -it --rm -v \"%s:/home/learner/homework\" -w /home/learner/homework " +
		"--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined gilcourse watch"
)

// onLinux says how a learner on another system checks on Linux, by its commands.
func onLinux(system string) string {
	name, here := "macOS", "$PWD"
	if system == "windows" {
		name, here = "Windows", "${PWD}"
	}
	says := fmt.Sprintf("%s does not tell what each thread and process did, so checks of parallelism stay inconclusive here. Each of these gives you a Linux that does:\n", name)
	if system == "windows" {
		says += `
  WSL, in PowerShell, once:
    wsl --install -d Debian
  then in Debian's terminal:
    sudo apt update && sudo apt install -y python3 python3-venv gcc libc6-dev
    and the Linux gilcourse, in a folder of your PATH; keep your files below ~, not /mnt/c
`
	}
	says += fmt.Sprintf("\n  A container, with Docker or Podman, once:\n    %s\n  then in the folder with your files:\n    %s\n", image, fmt.Sprintf(inImage, here))
	return says + `
  GitHub Codespaces, in a browser: on the page of the course's repository
    Code > Codespaces > Create codespace, then in its terminal: gilcourse next
`
}

func doctor(c *cli.Context) error {
	signal.Reset(os.Interrupt)
	if err := errors.Join(sched.Ready(), sandbox.Temp()); err != nil {
		return err // whatever else could be said would not be true
	}
	w := c.App.Writer
	item := func(good bool, name, format string, args ...any) {
		sign := "ok"
		if !good {
			sign = "--"
		}
		fmt.Fprintf(w, "%s  %-12s %s\n", sign, name, fmt.Sprintf(format, args...))
	}
	def, defErr := python.Find(c.Context, "")
	if defErr != nil {
		item(false, "python", "%v", defErr)
	}
	for _, path := range python.All(c.Context) {
		describePython(c, item, path, path == def)
	}
	if cc := strings.Join(build.Compiler(), " "); cc != "" {
		item(true, "compiler", "%s", cc)
	} else {
		item(false, "compiler", "no C compiler; challenges with C code will be inconclusive: install gcc or clang")
	}
	layers, err := sandbox.Choose(c.Context, sandbox.Auto)
	if err != nil {
		return err
	}
	describeSandbox(item, layers.Report())
	describeHost(w, item, sched.Host())
	return nil
}

func describePython(c *cli.Context, item func(bool, string, string, ...any), path string, isDefault bool) {
	p, err := python.Describe(c.Context, path)
	if err != nil {
		item(false, "python", "%v", err)
		return
	}
	var facts []string
	if isDefault {
		facts = append(facts, "the default")
	}
	if !p.GIL {
		facts = append(facts, "without the GIL")
	}
	if p.Headers == "" {
		facts = append(facts, "no Python.h, so C extensions cannot be built")
	}
	text := fmt.Sprintf("%s %s  %s", p.Implementation, p.Version, path)
	if len(facts) > 0 {
		text += "  (" + strings.Join(facts, "; ") + ")"
	}
	item(true, "python", "%s", text)
}

// describeSandbox says which layers keep a run to itself, and what others need.
func describeSandbox(item func(bool, string, string, ...any), s *record.Sandbox) {
	for _, l := range s.Layers {
		text := strings.TrimSpace(l.Name + "  " + l.Detail)
		if l.Reason != "" {
			text += "; " + l.Reason
		}
		if l.Fix != "" {
			text += "; " + l.Fix
		}
		item(l.Active && l.Reason == "", "sandbox", "%s", text)
	}
}

func describeHost(w io.Writer, item func(bool, string, string, ...any), h record.Host) {
	item(h.Affinity > 1, "cores", "%d of %d usable; a probe just got the parallel work of %.1f", h.Affinity, h.CPUs, h.Capacity)
	if h.Quota > 0 {
		item(h.Quota > 1, "quota", "%.2f cores by control group", h.Quota)
	}
	noise := fmt.Sprintf("load %.2f, steal %.0f %%", h.Load, 100*h.Steal)
	if h.Pressure >= 0 {
		noise += fmt.Sprintf(", tasks waited for a core %.0f %% of the last ten seconds", 100*h.Pressure)
	}
	item(h.Load < float64(h.CPUs) && h.Steal < 0.1, "noise", "%s", noise)
	if h.Scheduler {
		item(true, "scheduler", "tasks can be observed: who wanted a core, who took turns")
	} else {
		item(false, "scheduler", "tasks cannot be observed on %s; what only the scheduler can tell will be inconclusive", h.OS)
	}
	switch {
	case !h.Scheduler:
		fmt.Fprint(w, "\n", onLinux(h.OS))
	case h.Cores() <= 1 || h.Capacity < 1.2:
		fmt.Fprintln(w, "\nThe clock can show no speedup here now; the scheduler decides.")
	default:
		fmt.Fprintln(w, "\nClock and scheduler can both decide here.")
	}
}
