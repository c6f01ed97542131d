package claim

import (
	"strconv"
	"strings"
	"unicode"
)

const (
	// screenRows and screenCols are the size of the terminal that shows an
	// output: cursor movements end at its edges. Its lines never wrap, and
	// what is printed may go on to longest.
	screenRows = 50
	screenCols = 250
	longest    = mostLine + 1
)

// shown gives the lines that a terminal would show in the end: what was
// overwritten, erased, concealed or written in the colour of its background is
// not among them. Where newer text covers an older, longer one, two spaces part
// them.
func shown(text string) []string {
	t := terminal{lines: []*row{{}}}
	runes := []rune(text)
	for i := 0; i < len(runes); {
		i += t.take(runes[i:])
	}
	out := make([]string, len(t.lines))
	for i, r := range t.lines {
		out[i] = r.text()
	}
	return out
}

// terminal is what is left of one that writes into lines without end: those
// above the screen can be scrolled to, but no longer changed.
type terminal struct {
	lines      []*row
	top        int // the first line on the screen
	y, x       int // the cursor: y in lines
	saveY      int // from top
	saveX      int
	hidden     bool
	foreground string
	background string
	pass       int       // counts the returns to earlier columns
	beneath    *terminal // what is shown again when the alternate screen is left
}

type row struct{ cells []cell }

type cell struct {
	r    rune
	pass int
}

func (r *row) text() string {
	var b strings.Builder
	for i, c := range r.cells {
		if i > 0 && c.pass < r.cells[i-1].pass && c.r != ' ' && r.cells[i-1].r != ' ' {
			b.WriteString("  ")
		}
		b.WriteRune(c.r)
	}
	return strings.TrimRight(b.String(), " ")
}

// take reads one character or one escape sequence and gives its length.
func (t *terminal) take(s []rune) int {
	switch r := s[0]; {
	case r == '\x1b':
		return t.escape(s)
	case r == '\u009b':
		return t.control(s[1:]) + 1
	case r == '\r':
		t.x = 0
		t.pass++
	case r == '\n' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028':
		t.x = 0
		t.down(1, true)
	case r == '\b':
		t.x = max(0, t.x-1)
		t.pass++
	case r == '\t':
		for {
			t.put('\t')
			if t.x%8 == 0 || t.x >= longest {
				break
			}
		}
	case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
	default:
		t.put(r)
	}
	return 1
}

func (t *terminal) put(r rune) {
	if t.hidden || t.foreground != "" && t.foreground == t.background {
		r = ' '
	}
	line := t.lines[t.y]
	for len(line.cells) <= t.x {
		line.cells = append(line.cells, cell{' ', t.pass})
	}
	line.cells[t.x] = cell{r, t.pass}
	t.x = min(t.x+1, longest)
}

// down moves the cursor down, below the last line only where it may scroll.
func (t *terminal) down(n int, scroll bool) {
	for range n {
		if t.y-t.top == screenRows-1 && !scroll {
			return
		}
		t.y++
		if t.y == len(t.lines) {
			t.lines = append(t.lines, &row{})
		}
		t.top = max(t.top, t.y-screenRows+1)
	}
}

func (t *terminal) to(y, x int) {
	t.y = t.top
	t.down(min(max(y, 0), screenRows-1), false)
	t.x = max(0, min(x, max(t.x, screenCols)))
	t.pass++
}

// escape reads a sequence that begins with ESC and gives its length.
func (t *terminal) escape(s []rune) int {
	if len(s) < 2 {
		return 1
	}
	switch s[1] {
	case '[':
		return t.control(s[2:]) + 2
	case ']', 'P', '_', '^', 'X': // a text for the terminal itself
		for i := 2; i < len(s); i++ {
			switch {
			case s[i] == '\a' || s[i] == '\u009c':
				return i + 1
			case s[i] == '\x1b' || s[i] == '\n': // ESC \ ends it, and a line that never ends is none
				return i
			}
		}
		return len(s)
	case '7':
		t.saveY, t.saveX = t.y-t.top, t.x
	case '8':
		t.to(t.saveY, t.saveX)
	case 'c':
		*t = terminal{lines: []*row{{}}}
	case 'M':
		t.to(t.y-t.top-1, t.x)
	case '(', ')', '#', '%':
		return min(3, len(s))
	}
	return 2
}

// control reads what follows ESC [ and gives its length.
func (t *terminal) control(s []rune) int {
	end := 0
	for end < len(s) && s[end] >= 0x20 && s[end] < 0x40 {
		end++
	}
	if end == len(s) {
		return end
	}
	parts := strings.Split(string(s[:end]), ";")
	switch s[end] {
	case 'm':
		t.colour(parts)
	case 'h', 'l':
		if name := string(s[:end]); name == "?1049" || name == "?1047" || name == "?47" {
			t.alternate(s[end] == 'h')
		}
	case 'J', 'K', 'P', 'X':
		t.wipe(s[end], argument(parts, 0, 0))
	default:
		t.move(s[end], argument(parts, 0, 1), argument(parts, 1, 1))
	}
	return end + 1
}

// argument gives the i-th number of a sequence, otherwise where it is 0 or missing.
func argument(parts []string, i, otherwise int) int {
	if i < len(parts) {
		if n, err := strconv.Atoi(parts[i]); err == nil && n > 0 {
			return min(n, longest)
		}
	}
	return otherwise
}

// move moves the cursor, by n or to n, and m for columns.
func (t *terminal) move(how rune, n, m int) {
	switch y := t.y - t.top; how {
	case 'A':
		t.to(y-n, t.x)
	case 'B', 'e':
		t.to(y+n, t.x)
	case 'C', 'a':
		t.to(y, t.x+n)
	case 'D':
		t.to(y, t.x-n)
	case 'E':
		t.to(y+n, 0)
	case 'F':
		t.to(y-n, 0)
	case 'G', '`':
		t.to(y, n-1)
	case 'd':
		t.to(n-1, t.x)
	case 'H', 'f':
		t.to(n-1, m-1)
	case 's':
		t.saveY, t.saveX = y, t.x
	case 'u':
		t.to(t.saveY, t.saveX)
	}
}

// wipe erases on the screen or in the cursor's line, or takes n characters out
// of it.
func (t *terminal) wipe(how rune, n int) {
	line := t.lines[t.y]
	switch how {
	case 'J':
		t.erase(n)
	case 'K':
		line.erase(t.x, n)
	case 'P':
		if t.x < len(line.cells) {
			line.cells = append(line.cells[:t.x], line.cells[min(t.x+max(1, n), len(line.cells)):]...)
		}
	case 'X':
		for i := t.x; i < min(t.x+max(1, n), len(line.cells)); i++ {
			line.cells[i] = cell{' ', t.pass}
		}
	}
}

// alternate enters the alternate screen, or leaves it: what was written there is
// gone then.
func (t *terminal) alternate(enter bool) {
	switch {
	case enter && t.beneath == nil:
		under := *t
		*t = terminal{lines: []*row{{}}, beneath: &under}
	case !enter && t.beneath != nil:
		*t = *t.beneath
	}
}

// erase clears the screen: 0 from the cursor on, 1 up to it, 2 all of it, 3
// what was scrolled away.
func (t *terminal) erase(what int) {
	if what == 3 {
		t.lines, t.y, t.top = t.lines[t.top:], t.y-t.top, 0
		return
	}
	for i := t.top; i < len(t.lines); i++ {
		switch {
		case i == t.y:
			t.lines[i].erase(t.x, what)
		case what == 2 || (what == 0) == (i > t.y):
			t.lines[i].cells = nil
		}
	}
}

// erase clears the line: 0 from column x on, 1 up to it, 2 all of it.
func (r *row) erase(x, what int) {
	switch what {
	case 0:
		r.cells = r.cells[:min(x, len(r.cells))]
	case 1:
		for i := range r.cells[:min(x+1, len(r.cells))] {
			r.cells[i] = cell{r: ' '}
		}
	default:
		r.cells = nil
	}
}

// colour follows what makes text unreadable: concealing it, and giving it the
// colour of its background.
func (t *terminal) colour(codes []string) {
	for i := 0; i < len(codes); i++ {
		n, err := strconv.Atoi(codes[i])
		switch {
		case err != nil && codes[i] != "": // a colour in another notation
		case n == 0:
			t.hidden, t.foreground, t.background = false, "", ""
		case n == 8:
			t.hidden = true
		case n == 28:
			t.hidden = false
		case n == 38 || n == 48:
			to := min(i+3, len(codes))
			if i+1 < len(codes) && codes[i+1] == "2" {
				to = min(i+5, len(codes))
			}
			name := strings.Join(codes[i+1:to], ";")
			if n == 38 {
				t.foreground = name
			} else {
				t.background = name
			}
			i = to - 1
		case n >= 30 && n <= 37:
			t.foreground = strconv.Itoa(n - 30)
		case n >= 90 && n <= 97:
			t.foreground = strconv.Itoa(n - 82)
		case n >= 40 && n <= 47:
			t.background = strconv.Itoa(n - 40)
		case n >= 100 && n <= 107:
			t.background = strconv.Itoa(n - 92)
		case n == 39:
			t.foreground = ""
		case n == 49:
			t.background = ""
		}
	}
}
