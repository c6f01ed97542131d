package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/challenges"
	"github.com/gilcourse/gilcourse/fixtures"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/intake"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/sched"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/spelling"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/reference"
)

// Output policy: results go to stdout; progress, warnings and errors to
// stderr, in lower case and without a full stop. Colour and progress are for
// terminals alone, and NO_COLOR turns colour off.

// Exit codes are API; the README has the table.
const (
	exitPass         = 0
	exitFail         = 1
	exitUsage        = 2 // a flag, a name, a spec, a submission that cannot be read
	exitInconclusive = 3 // or a machine unfit to decide
	exitError        = 4 // the grader itself failed
	exitInterrupted  = 130
)

// usageError is an error of the caller: the command line, a spec, a file.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// verdictError carries a verdict that is no pass out of a command.
type verdictError struct{ verdict verdict.Verdict }

func (e *verdictError) Error() string { return string(e.verdict) }

// run runs the program and gives its exit code. At a signal it ends, whatever
// it is doing: a second one is not waited for.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	app := newApp(stdout, stderr)
	done := make(chan error, 1)
	go func() { done <- app.RunContext(ctx, reorder(app, args)) }()
	select {
	case err := <-done:
		return exitCode(err, stderr)
	case <-ctx.Done():
		stop() // a second signal ends it as it ends any program
		return exitCode(tidied(done), stderr)
	}
}

// grace is how long a command may take, after a signal and once nothing runs any
// more, to tell what it has come to and to clear up.
const grace = 2 * time.Second

// tidied waits for a command that was interrupted, but not for one that goes on:
// what it had started ends with this process, and its folders are cleared away
// by the next.
func tidied(done <-chan error) error {
	for idle := time.Now(); time.Since(idle) < grace; {
		select {
		case err := <-done:
			return err
		case <-time.After(grace / 100):
		}
		if sandbox.Running() > 0 {
			idle = time.Now()
		}
	}
	return context.Canceled
}

// interruptible runs what ends nothing and keeps nothing, so that it can be left
// where it is when the context is done.
func interruptible(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// exitCode maps an error to its exit code, and says it where nobody has.
func exitCode(err error, stderr io.Writer) int {
	var decided *verdictError
	switch {
	case err == nil:
		return exitPass
	case errors.As(err, &decided):
		return map[verdict.Verdict]int{verdict.Pass: exitPass, verdict.Fail: exitFail, verdict.Inconclusive: exitInconclusive,
			report.Refused: exitUsage, verdict.Error: exitError}[decided.verdict]
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "gilcourse: interrupted; everything that was started has been ended")
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "gilcourse: %s\n", safetext.Text(err.Error()))
	return errorCode(err)
}

// errorCode is the exit code of an error that is no verdict: whose fault it is.
func errorCode(err error) int {
	var (
		usage     *usageError
		unusable  *python.Unusable
		unknown   *course.Unknown
		unread    *observe.Unreadable
		refused   *intake.Refused
		specError spec.Errors
		unboxed   *sandbox.Unavailable
		noBook    *gradebook.Unusable
		noTemp    *sandbox.NoTemp
		blind     *sched.Blind
	)
	switch {
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &unusable) && unusable.Wanted == "", errors.As(err, &unboxed),
		errors.As(err, &noTemp), errors.As(err, &blind):
		return exitInconclusive // the machine lacks what is needed
	case errors.As(err, &unusable), errors.As(err, &usage), errors.As(err, &unknown), errors.As(err, &unread), errors.As(err, &refused), errors.As(err, &specError),
		errors.As(err, &noBook):
		return exitUsage
	}
	return exitError
}

func newApp(stdout, stderr io.Writer) *cli.App {
	app := &cli.App{
		Name:  "gilcourse",
		Usage: "grade the challenges of the lesson on Python's Global Interpreter Lock",
		Description: `gilcourse runs your program, watches its threads and processes from outside,
and says what it really did on the machine's cores, in the lesson's words. Where
your files are, gilcourse alone checks them at each save, as watch does.`,
		Version:                   programVersion(),
		Writer:                    stdout,
		ErrWriter:                 stderr,
		EnableBashCompletion:      true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              badUsage,
		CommandNotFound:           nil,
		Action: func(c *cli.Context) error {
			if name := c.Args().First(); name != "" {
				var verbs []string
				for _, cmd := range c.App.VisibleCommands() {
					verbs = append(verbs, cmd.Name)
				}
				return usagef("there is no command %q; %s", name, spelling.Suggest(name, verbs))
			}
			if onTerminal(c) {
				if l, err := openLearner(c); err == nil && len(l.here(".")) > 0 {
					return c.App.Command("watch").Run(c, "watch")
				}
			}
			return cli.ShowAppHelp(c)
		},
	}
	for _, g := range groups() {
		for _, c := range g.commands {
			c.OnUsageError = badUsage
			app.Commands = append(app.Commands, c)
		}
	}
	cli.HelpPrinter = printHelp
	cli.VersionPrinter = func(c *cli.Context) { fmt.Fprintf(c.App.Writer, "gilcourse %s\n", c.App.Version) }
	return app
}

func badUsage(c *cli.Context, err error, _ bool) error {
	name := "gilcourse"
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != "gilcourse" {
		name += " " + c.Command.Name
	}
	return usagef("%v; `%s --help` shows the flags", err, name)
}

// courseFlag is on every command that reads the course.
var courseFlag = &cli.StringFlag{Name: "course", EnvVars: []string{"GILCOURSE_COURSE"}, Usage: "read the course from `DIR`, a folder with challenges, reference and fixtures"}

// openCourse gives the course of --course, or the embedded one.
func openCourse(c *cli.Context) (course.Course, error) {
	if dir := c.String("course"); dir != "" {
		co, err := course.Open(dir)
		if err != nil {
			return co, &usageError{err}
		}
		return co, nil
	}
	return course.Course{Name: "the embedded course", Challenges: challenges.FS, Reference: reference.FS, Fixtures: fixtures.FS}, nil
}

// resolve gives the course, and the challenges in it that a name means.
func resolve(c *cli.Context, name string) (course.Course, []string, *spec.Workshop, error) {
	co, err := openCourse(c)
	if err != nil {
		return co, nil, nil, err
	}
	ids, workshop, err := co.Resolve(name)
	return co, ids, workshop, err
}

// reorder moves flags before the names, wherever they stand: the library
// takes them only there. What follows a `--` is left alone.
func reorder(app *cli.App, args []string) []string {
	if len(args) < 2 {
		return args
	}
	i := slices.IndexFunc(args[1:], func(a string) bool { return !strings.HasPrefix(a, "-") }) + 1
	if i < 1 {
		return args
	}
	cmd := app.Command(args[i])
	if cmd == nil {
		return args
	}
	valued := map[string]bool{}
	for _, f := range cmd.Flags {
		takes := true
		if b, ok := f.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
			takes = false
		} else if _, ok := f.(*cli.BoolFlag); ok {
			takes = false
		}
		for _, name := range f.Names() {
			valued[name] = takes
		}
	}
	var flags, names []string
	for rest := args[i+1:]; len(rest) > 0; rest = rest[1:] {
		a := rest[0]
		if a == "--" {
			names = append(names, rest...)
			break
		}
		if !strings.HasPrefix(a, "-") || a == "-" {
			names = append(names, a)
			continue
		}
		flags = append(flags, a)
		if name := strings.TrimLeft(a, "-"); valued[name] && len(rest) > 1 {
			rest = rest[1:]
			flags = append(flags, rest[0])
		}
	}
	return slices.Concat(args[:i+1], flags, names)
}
