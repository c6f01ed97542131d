package screen

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/progress"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/guide"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// View draws the screen.
func (m *model) View() tea.View {
	v := tea.NewView(strings.Join(m.screen(), "\n"))
	v.AltScreen = true
	v.WindowTitle = "gilcourse " + path.Base(m.id)
	return v
}

// screen gives as many lines as the terminal has, none wider.
func (m *model) screen() []string {
	head, foot := m.head(), m.foot()
	room := max(0, m.height-len(head)-len(foot))
	var body []string
	switch m.mode {
	case brief:
		body = m.body(room)
	default:
		all := m.pages()
		from := max(0, min(m.scrolled, len(all)-room))
		body = all[from:]
	}
	if len(body) > room {
		body = body[:room]
	}
	for len(body) < room {
		body = append(body, "")
	}
	lines := slices.Concat(head, body, foot)
	lines = lines[:min(len(lines), m.height)]
	for i := range lines {
		if lines[i] = ansi.Truncate(lines[i], m.width, ""); !m.Color {
			lines[i] = ansi.Strip(lines[i])
		}
	}
	return lines
}

// The styles; without colour the screen takes them off again.
var (
	bold  = lipgloss.NewStyle().Bold(true).Render
	faint = lipgloss.NewStyle().Faint(true).Render
	green = lipgloss.Color("2")
)

// verdictColours are those of the report.
var verdictColours = map[verdict.Verdict]string{verdict.Pass: "2", verdict.Fail: "1", verdict.Inconclusive: "3", verdict.Error: "3"}

func colour(v verdict.Verdict, s string) string {
	if c := verdictColours[v]; c != "" {
		return lipgloss.NewStyle().Foreground(lipgloss.Color(c)).Render(s)
	}
	return faint(s)
}

// head is the challenge, what it came to, its checks, and what is being done.
func (m *model) head() []string {
	ch := m.stop().Challenge
	title := bold(path.Base(m.id)) + "  " + safetext.Line(ch.Title)
	outcome := ""
	if m.result != nil {
		outcome = fmt.Sprintf("%s  %g of %g", strings.ToUpper(string(m.result.Verdict)), m.result.Score, m.result.MaxScore)
		outcome = colour(m.result.Verdict, outcome)
	}
	gap := max(2, m.width-lipgloss.Width(title)-lipgloss.Width(outcome))
	lines := []string{title + strings.Repeat(" ", gap) + outcome}
	lines = append(lines, m.checks()...)
	status := []string{m.status()}
	if m.cancel == nil { // what is under way keeps to its line
		status = format.Wrap(status[0], m.width)
	}
	for _, line := range status {
		lines = append(lines, bold(line))
	}
	return append(lines, "")
}

// checks are the marks of all checks, in as many lines as they take.
func (m *model) checks() []string {
	if m.result == nil {
		return nil
	}
	var lines []string
	line := ""
	for _, k := range m.result.Checks {
		one := colour(k.Verdict, report.Sign(k.Verdict)) + " " + safetext.Line(k.ID)
		switch {
		case line == "":
			line = one
		case lipgloss.Width(line)+2+lipgloss.Width(one) > m.width:
			lines, line = append(lines, line), one
		default:
			line += "  " + one
		}
	}
	return append(lines, line)
}

// status says what is being done, or what was done last.
func (m *model) status() string {
	switch {
	case m.cancel != nil && m.again:
		return "saved: the check begins again"
	case m.cancel != nil:
		says := safetext.Line(m.now.Doing)
		if m.now.For > 0 {
			says += fmt.Sprintf(" %.1f s", m.now.For.Seconds())
		}
		if m.now.Tasks > 1 {
			says += fmt.Sprintf(", %d threads and processes", m.now.Tasks)
		}
		return "checking: " + says
	case m.notice != "":
		return m.notice
	case m.result == nil:
		return "save " + safetext.Name(m.stop().Challenge.Deliverable) + " and it is checked"
	}
	says := "save and it is checked again"
	if n := len(m.stop().Attempts); n > 0 {
		a := m.stop().Attempts[n-1]
		says = fmt.Sprintf("attempt %d, %s", a.Number, a.When.Local().Format("15:04"))
	}
	if m.moved != "" {
		says += ": " + m.moved
	}
	return says
}

// foot is how far the learner is, and the keys.
func (m *model) foot() []string {
	done := 0
	for _, s := range m.way {
		if s.Done() {
			done++
		}
	}
	says := fmt.Sprintf(" %d of %d passed", done, len(m.way))
	bar := progress.New(progress.WithWidth(max(10, min(40, m.width-len(says)))), progress.WithoutPercentage(), progress.WithColors(green),
		progress.WithFillCharacters('█', '░'))
	lines := []string{"", bar.ViewAs(float64(done)/float64(max(1, len(m.way)))) + says}
	if m.Polled != "" && m.height > 20 {
		lines[0] = faint("looks for saves every second: " + safetext.Line(m.Polled))
	}
	return append(lines, m.help())
}

// help is the line of the keys.
func (m *model) help() string {
	h := help.New()
	h.SetWidth(m.width)
	h.Styles = help.Styles{ShortKey: lipgloss.NewStyle().Bold(true), ShortSeparator: lipgloss.NewStyle().Faint(true), Ellipsis: lipgloss.NewStyle().Faint(true)}
	bindings := []key.Binding{keys.hint, keys.details, keys.run, keys.next, keys.list, keys.open, keys.quit}
	if m.mode != brief {
		bindings = []key.Binding{keys.up, keys.down, keys.pageDown, keys.back, keys.quit}
	} else if m.hint != nil {
		bindings = slices.Insert(bindings, 1, keys.back)
	}
	return h.ShortHelpView(bindings)
}

// body is the report in brief, as much of it as there is room for: the first thing
// to do before all else.
func (m *model) body(room int) []string {
	switch {
	case m.err != nil:
		return m.wrapped("It could not be checked: " + safetext.Text(m.err.Error()))
	case m.result == nil:
		return m.asked()
	}
	o := report.Options{Color: m.Color, Width: m.width, Brief: true, Legend: true}
	parts := map[string][]string{"hint": m.hintLines(), "lanes": report.ShortTimeline(m.result, o), "passed": m.passed()}
	for _, p := range report.Brief(m.result, o) {
		if p.Name != "passed" && p.Name != "verdict" {
			parts[p.Name] = p.Lines
		}
	}
	if parts["lanes"] == nil {
		parts["lanes"] = parts["timeline"]
	}
	return arranged(parts, room)
}

// order is that in which the parts of the body stand, wanted that in which they get
// room.
var (
	order  = []string{"passed", "start", "hint", "others", "lanes", "phases", "approaches", "advice", "legend"}
	wanted = []string{"passed", "hint", "start", "lanes", "approaches", "advice", "others", "phases", "legend"}
)

// arranged gives those parts that have room, with an empty line between them. The
// first that has none is cut off where little else is there.
func arranged(parts map[string][]string, room int) []string {
	taken := map[string]bool{}
	left := room
	for _, name := range wanted {
		if name == "legend" && !taken["phases"] && !taken["approaches"] && !taken["advice"] {
			continue // what it explains is not there
		}
		if n := len(parts[name]); n > 0 && n < left+1 {
			taken[name] = true
			left -= n + 1
		} else if n > 0 && (name == "start" || name == "hint") && left > 2 {
			parts[name] = append(slices.Clone(parts[name][:left-1]), "  … d shows all")
			taken[name], left = true, 0
		}
	}
	var lines []string
	for _, name := range order {
		if !taken[name] {
			continue
		}
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, parts[name]...)
	}
	return lines
}

// passed says what follows a pass.
func (m *model) passed() []string {
	if m.result.Verdict != verdict.Pass {
		return nil
	}
	says := "Passed. You have done the whole course."
	if next := guide.After(m.way, m.id); next != nil {
		says = fmt.Sprintf("Passed. n goes on to %s; gilcourse solution %s shows the reference's way.", path.Base(next.Challenge.ID), path.Base(m.id))
	}
	return m.wrapped(says)
}

func (m *model) hintLines() []string {
	if m.hint == nil {
		return nil
	}
	title := fmt.Sprintf("Hint %d of %d", m.hint.Level, m.hint.Of)
	if m.hint.Level < m.hint.Of {
		title += ", h says more"
	}
	lines := []string{bold(title)}
	for _, line := range format.Paragraphs(safetext.Text(m.hint.Text), m.width-4) {
		lines = append(lines, "  "+line)
	}
	return lines
}

// asked is what the challenge asks for.
func (m *model) asked() []string {
	return format.Markdown(m.text, m.width)
}

func (m *model) wrapped(s string) []string { return format.Wrap(s, m.width-2) }

// pages is what can be scrolled through: all of the report, or the list.
func (m *model) pages() []string {
	if m.mode == list {
		return guide.List(m.way, format.Options{Color: m.Color, Width: m.width})
	}
	if m.result == nil {
		return m.asked()
	}
	var b strings.Builder
	r := report.Report{Challenges: []*verdict.Result{m.result}}
	if err := report.Write(&b, "text", r, report.Options{Color: m.Color, Width: m.width, Legend: true}); err != nil {
		return m.wrapped(err.Error())
	}
	var lines []string
	for line := range strings.Lines(strings.TrimRight(b.String(), "\n")) {
		line = strings.TrimRight(line, "\n")
		if text := strings.TrimLeft(ansi.Strip(line), " "); !strings.Contains(text, "   ") || strings.Contains("✓✗?·", string([]rune(text)[0])) {
			line = ansi.Wrap(line, m.width, "") // else it is a table's row
		}
		lines = append(lines, strings.Split(line, "\n")...)
	}
	return lines
}
