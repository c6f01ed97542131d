package screen

import (
	"context"
	"errors"
	"path"
	"slices"
	"sync/atomic"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/gilcourse/gilcourse/grader/guide"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/safetext"
)

// bindings are the keys.
type bindings struct{ hint, details, run, next, list, open, quit, back, up, down, pageUp, pageDown key.Binding }

var keys = bindings{
	hint:     key.NewBinding(key.WithKeys("h"), key.WithHelp("h", "hint")),
	details:  key.NewBinding(key.WithKeys("d"), key.WithHelp("d", "details")),
	run:      key.NewBinding(key.WithKeys("r"), key.WithHelp("r", "run again")),
	next:     key.NewBinding(key.WithKeys("n"), key.WithHelp("n", "next")),
	list:     key.NewBinding(key.WithKeys("l"), key.WithHelp("l", "list")),
	open:     key.NewBinding(key.WithKeys("o"), key.WithHelp("o", "page")),
	quit:     key.NewBinding(key.WithKeys("q", "ctrl+c"), key.WithHelp("q", "quit")),
	back:     key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "back")),
	up:       key.NewBinding(key.WithKeys("up", "k"), key.WithHelp("↑", "up")),
	down:     key.NewBinding(key.WithKeys("down", "j"), key.WithHelp("↓", "down")),
	pageUp:   key.NewBinding(key.WithKeys("pgup", "b"), key.WithHelp("pgup", "page up")),
	pageDown: key.NewBinding(key.WithKeys("pgdown", "space"), key.WithHelp("space", "page down")),
}

// Init checks what is there.
func (m *model) Init() tea.Cmd {
	if m.work.There(m.id) {
		return m.check()
	}
	return nil
}

// redraw is the least time between two figures of progress, so that showing them
// takes no core from what they are about.
const redraw = 200 * time.Millisecond

// Update changes the state as a message says.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		if msg.Width > 0 && msg.Height > 0 { // some terminals do not know
			m.width, m.height = msg.Width, msg.Height
		}
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case savedMsg:
		return m, m.saved(msg)
	case progressMsg:
		if m.cancel != nil {
			m.now = observe.Progress(msg)
		}
	case checkedMsg:
		return m, m.checked(msg)
	case openedMsg:
		m.notice = "the page is " + safetext.Path(msg.where)
		if msg.err != nil {
			m.notice = safetext.Text(msg.err.Error()) + ": " + safetext.Path(msg.where)
		}
	}
	return m, nil
}

// press does what a key asks for.
func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	m.notice = ""
	switch {
	case key.Matches(k, keys.quit):
		return tea.Quit
	case key.Matches(k, keys.run):
		return m.check()
	case key.Matches(k, keys.next):
		return m.next()
	case key.Matches(k, keys.details):
		m.turn(details)
	case key.Matches(k, keys.list):
		m.turn(list)
	case key.Matches(k, keys.back):
		m.mode, m.hint = brief, nil
	case key.Matches(k, keys.hint):
		m.ask()
	case key.Matches(k, keys.open):
		return m.open()
	case m.mode != brief:
		m.scroll(k)
	}
	return nil
}

// turn shows something else, or the report again.
func (m *model) turn(to mode) {
	if m.mode == to {
		to = brief
	}
	m.mode, m.scrolled = to, 0
}

func (m *model) scroll(k tea.KeyPressMsg) {
	page := max(1, m.height-4)
	switch {
	case key.Matches(k, keys.up):
		m.scrolled--
	case key.Matches(k, keys.down):
		m.scrolled++
	case key.Matches(k, keys.pageUp):
		m.scrolled -= page
	case key.Matches(k, keys.pageDown):
		m.scrolled += page
	}
	m.scrolled = max(0, min(m.scrolled, len(m.pages())-page))
}

// ask asks for the next hint.
func (m *model) ask() {
	m.mode = brief
	switch {
	case m.result == nil:
		m.notice = "there is no result yet: r checks"
	case m.result.Stuck() == nil:
		m.notice = "nothing failed: n shows what comes next"
	default:
		h := m.work.Hint(m.id, m.result.Stuck())
		m.hint = &h
	}
}

func (m *model) open() tea.Cmd {
	if m.result == nil {
		m.notice = "there is no result yet: r checks"
		return nil
	}
	id, work := m.id, m.work
	return func() tea.Msg {
		where, err := work.Open(id)
		return openedMsg{where, err}
	}
}

// next turns to the next challenge, with its starter where no file is there.
func (m *model) next() tea.Cmd {
	next := guide.After(m.way, m.id)
	if next == nil {
		m.notice = "there is nothing left: you have passed all challenges but this one"
		if m.stop().Done() {
			m.notice = "you have passed all challenges of the course"
		}
		return nil
	}
	m.end(false)
	id, file := next.Challenge.ID, next.Challenge.Deliverable
	if m.err = m.choose(id); m.err != nil {
		return nil
	}
	if !slices.Contains(m.IDs, id) {
		m.IDs = append(m.IDs, id)
	}
	if m.work.There(id) {
		return m.check()
	}
	files, err := m.work.Start(id)
	if err != nil {
		m.notice = safetext.Text(err.Error())
		return nil
	}
	m.starters = append(m.starters, files...)
	m.notice = file + " is here to start from: open it in your editor"
	return nil
}

// saved has what was saved checked.
func (m *model) saved(files []string) tea.Cmd {
	files = slices.DeleteFunc(files, m.started)
	if len(files) == 0 {
		return nil
	}
	saved := func(id string) bool {
		d := m.stopOf(id).Challenge.Deliverable
		return slices.Contains(files, d) || slices.Contains(files, path.Join(path.Base(id), d))
	}
	if !saved(m.id) {
		for _, id := range m.IDs {
			if saved(id) {
				m.end(false)
				if m.err = m.choose(id); m.err != nil {
					return nil
				}
				break
			}
		}
	}
	return m.check()
}

// started reports whether a file is a starter that was put there just now: that is
// no save of the learner's.
func (m *model) started(file string) bool {
	i := slices.Index(m.starters, file)
	if i >= 0 {
		m.starters = slices.Delete(m.starters, i, i+1)
	}
	return i >= 0
}

// end ends the check under way, where there is one; again has another one begin
// when it has ended.
func (m *model) end(again bool) {
	if m.cancel != nil {
		m.cancel()
		m.again = again
	}
}

// check checks the challenge, once what is under way has ended.
func (m *model) check() tea.Cmd {
	if m.cancel != nil {
		m.end(true)
		return nil
	}
	if !m.work.There(m.id) {
		m.notice = m.stop().Challenge.Deliverable + " is not here"
		return nil
	}
	m.notice = ""
	ctx, cancel := context.WithCancel(m.ctx)
	id, work, send, done := m.id, m.work, m.send, make(chan struct{})
	m.cancel, m.done, m.again, m.now = cancel, done, false, observe.Progress{Doing: "reading your file"}
	var last atomic.Int64 // when progress was shown, in ns
	return func() tea.Msg {
		defer close(done)
		result, err := work.Check(ctx, id, func(p observe.Progress) {
			t := time.Now().UnixNano()
			if was := last.Load(); send != nil && t-was > int64(redraw) && last.CompareAndSwap(was, t) {
				send(progressMsg(p))
			}
		})
		return checkedMsg{id, result, err}
	}
}

// checked shows what a check came to.
func (m *model) checked(msg checkedMsg) tea.Cmd {
	m.cancel()
	m.cancel, m.done = nil, nil
	again := m.again
	m.again = false
	if err := m.look(); err != nil {
		m.err = err
	}
	switch {
	case again:
		return m.check()
	case msg.id != m.id || errors.Is(msg.err, context.Canceled):
	case msg.result == nil:
		m.err, m.result, m.hint = msg.err, nil, nil
	default:
		if msg.err != nil {
			m.notice = safetext.Text(msg.err.Error())
		}
		if m.hint != nil && (m.result == nil || msg.result.Stuck() == nil || m.result.Stuck().ID != msg.result.Stuck().ID) {
			m.hint = nil // it was another check's
		}
		m.err, m.result, m.moved, m.scrolled = nil, msg.result, m.moves(), 0
	}
	return nil
}
