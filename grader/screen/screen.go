// Package screen is what a learner leaves open beside the editor: it has a
// challenge checked at each save, and shows what matters of the result, what moved,
// and what comes next.
//
// It draws and asks; what is asked for is done by a Work. All its state is in one
// value that only the terminal program changes.
package screen

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/gilcourse/gilcourse/grader/guide"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Work is what the screen has done. Its methods are called one at a time, but for
// Check, beside which others may be called.
type Work interface {
	// Way gives the way through the course, with what is done by now.
	Way() ([]guide.Stop, error)
	// There reports whether the file that a challenge asks for is in the folder.
	There(id string) bool
	// Check checks a challenge, keeps the attempt, and says on the way how far it is,
	// from any goroutine. It ends soon after the context does. An error beside a result
	// says that it could not be kept.
	Check(ctx context.Context, id string, now func(observe.Progress)) (*verdict.Result, error)
	// Last gives the result of an attempt again.
	Last(a progress.Attempt) (*verdict.Result, error)
	// Hint gives the next hint for a check.
	Hint(id string, k *verdict.Check) Hint
	// Text gives the lines of what a challenge asks for.
	Text(id string) ([]string, error)
	// Start puts the starter of a challenge into the folder, never over a file, and gives
	// its files as a save names them.
	Start(id string) ([]string, error)
	// Open shows the page of the last check of a challenge in a browser, and says where
	// it is.
	Open(id string) (string, error)
}

// Hint is a text that helps with a check.
type Hint struct {
	Text      string
	Level, Of int // from 1
}

// Options say how the screen begins and is shown.
type Options struct {
	In      io.Reader // keys
	Out     io.Writer // a terminal
	Color   bool
	IDs     []string // of the challenges that are watched, at least one
	Changed <-chan []string
	Polled  string // why the folder is looked at again and again, empty where it is not
}

// Run shows the screen until the learner or the context ends it. An error is the
// terminal's, or the work's at the start.
func Run(ctx context.Context, work Work, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m, err := newModel(ctx, work, o)
	if err != nil {
		return err
	}
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithoutSignalHandler(), tea.WithFPS(fps)}
	p := tea.NewProgram(m, options...)
	m.send = p.Send
	go func() {
		for names := range o.Changed {
			p.Send(savedMsg(names))
		}
	}()
	_, err = p.Run()
	cancel()
	select { // what is checked ends before the terminal is given back
	case <-m.idle():
	case <-time.After(grace):
	}
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return context.Canceled
	}
	return err
}

// fps is how often a second the terminal is drawn at most: what is measured beside
// needs the cores.
const fps = 15

// grace is how long a check may take to end that nobody wants any more.
const grace = 5 * time.Second

// The messages, beside those of keys and sizes.
type (
	savedMsg    []string // the files of a save
	progressMsg observe.Progress
	checkedMsg  struct {
		id     string
		result *verdict.Result
		err    error
	}
	openedMsg struct {
		where string
		err   error
	}
)

// mode is what is shown below the checks.
type mode int

const (
	brief   mode = iota // the report in brief
	details             // all of it
	list                // the way through the course
)

// model is the state of the screen.
type model struct {
	ctx  context.Context
	work Work
	Options
	send func(tea.Msg) // to the program; nil in tests

	width, height int
	mode          mode
	scrolled      int // lines, in details and list

	way    []guide.Stop
	id     string          // of the challenge
	result *verdict.Result // its last, nil for none
	text   []string        // what it asks for, in place of a result
	moved  string          // since the attempt before
	hint   *Hint           // nil where none was asked for
	notice string          // one line, of what was done last
	err    error           // why the last check gave no result

	cancel context.CancelFunc // of the check under way, nil for none
	done   chan struct{}      // closed when that has ended
	again  bool               // it was ended for another one
	now    observe.Progress

	starters []string // files that are there since, and no save
}

func newModel(ctx context.Context, work Work, o Options) (*model, error) {
	m := &model{ctx: ctx, work: work, Options: o, width: 80, height: 24}
	if err := m.look(); err != nil {
		return nil, err
	}
	return m, m.choose(m.first())
}

// look looks where the learner is.
func (m *model) look() (err error) {
	m.way, err = m.work.Way()
	return err
}

// stop is that of the challenge.
func (m *model) stop() *guide.Stop { return m.stopOf(m.id) }

func (m *model) stopOf(id string) *guide.Stop {
	for i := range m.way {
		if m.way[i].Challenge.ID == id {
			return &m.way[i]
		}
	}
	return &guide.Stop{}
}

// first is the challenge to begin with: of those that are watched the one that was
// tried last, where it has not passed, else the first that has not.
func (m *model) first() string {
	var watched []guide.Stop
	for _, id := range m.IDs {
		watched = append(watched, *m.stopOf(id))
	}
	if next := guide.Next(watched); next != nil {
		return next.Challenge.ID
	}
	return m.IDs[0]
}

// choose turns to a challenge, and shows what is known of it.
func (m *model) choose(id string) (err error) {
	m.id, m.result, m.hint, m.moved, m.err, m.mode = id, nil, nil, "", nil, brief
	if attempts := m.stop().Attempts; len(attempts) > 0 {
		if m.result, err = m.work.Last(attempts[len(attempts)-1]); err == nil {
			return nil
		}
	}
	m.text, err = m.work.Text(id)
	return err
}

// idle is closed once nothing is checked.
func (m *model) idle() <-chan struct{} {
	if m.done == nil {
		ended := make(chan struct{})
		close(ended)
		return ended
	}
	return m.done
}

// moves says what has moved between the last two attempts, empty for nothing.
func (m *model) moves() string {
	attempts := m.stop().Attempts
	if len(attempts) < 2 {
		return ""
	}
	return guide.Moves(attempts[len(attempts)-2], attempts[len(attempts)-1])
}
