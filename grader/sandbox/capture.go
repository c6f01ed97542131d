package sandbox

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// capture is a writer that keeps the start and the end of what is written to
// it, and of the middle the lines that are worth it, and counts all of it, in
// bounded memory. It never blocks its writer.
type capture struct {
	count *atomic.Int64 // of both streams
	keep  int           // bytes, half from the start and half from the end

	mu     sync.Mutex
	head   []byte
	tail   []byte // the last bytes, at most twice keep/2
	cut    int64
	middle middle
}

// newCapture gives a capture for a command's stream.
func newCapture(c Command, count *atomic.Int64) *capture {
	keep := c.keepOutput()
	return &capture{count: count, keep: keep, middle: middle{telling: c.Telling, room: [2]int{keep / 4, keep / 2}, seen: map[uint64]int{}}}
}

func (c *capture) Write(p []byte) (int, error) {
	c.count.Add(int64(len(p)))
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(p)
	if room := c.keep/2 - len(c.head); room > 0 {
		take := min(room, len(p))
		c.head = append(c.head, p[:take]...)
		p = p[take:]
	}
	c.tail = append(c.tail, p...)
	if over := len(c.tail) - c.keep/2; over > c.keep/2 {
		c.drop(over)
	}
	return n, nil
}

// drop takes bytes from the front of the tail.
func (c *capture) drop(n int) {
	if c.cut == 0 { // the rest of a line that the start ends with
		if end := bytes.LastIndexAny(c.head, "\n\r"); end >= 0 {
			c.middle.take(c.head[end+1:])
		}
	}
	c.middle.take(c.tail[:n])
	c.cut += int64(n)
	c.tail = append(c.tail[:0], c.tail[n:]...)
}

// String gives what was kept, as valid UTF-8, with a line that says how much
// was left out between start and end, and the lines of the middle after it. A
// line that was cut into is not shown in part: half a number is another one.
// Nothing may be written after it.
func (c *capture) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if over := len(c.tail) - c.keep/2; over > 0 {
		c.drop(over)
	}
	if c.cut == 0 {
		return strings.ToValidUTF8(string(c.head)+string(c.tail), "\uFFFD")
	}
	head, tail := c.head, c.tail
	if end := bytes.LastIndexAny(head, "\n\r"); end >= 0 {
		head = head[:end+1]
	}
	if end := bytes.IndexAny(tail, "\n\r"); end >= 0 {
		c.middle.take(tail[:end+1])
		tail = tail[end+1:]
	}
	kept := c.middle.kept
	left := c.cut + int64(len(c.head)+len(c.tail)-len(head)-len(tail)-len(kept))
	text := fmt.Sprintf("%s\n[... %d bytes left out ...]\n%s", strings.TrimSuffix(string(head), "\n"), left, kept)
	return strings.ToValidUTF8(text+string(tail), "\uFFFD")
}

// middle keeps of the lines that are left out those that may matter: of lines
// that differ in their numbers only, the first few.
type middle struct {
	telling func(line []byte) bool // nil for none
	room    [2]int                 // bytes, for other lines and for telling ones
	seen    map[uint64]int         // how often, by shape
	part    []byte                 // of a line
	long    bool                   // that line is too long to be kept
	kept    []byte
}

const (
	alike    = 4      // lines of one shape that are kept
	mostLine = 2000   // bytes of a line that is kept
	mostSeen = 20_000 // shapes that are remembered
)

// take goes through the next bytes of the middle.
func (m *middle) take(p []byte) {
	for len(p) > 0 {
		end := bytes.IndexAny(p, "\n\r")
		if end < 0 {
			end = len(p) - 1
		}
		m.part = append(m.part, p[:end+1]...)
		whole := p[end] == '\n' || p[end] == '\r'
		p = p[end+1:]
		m.long = m.long || len(m.part) > mostLine
		if m.long {
			m.part = m.part[:0]
		}
		if whole {
			if !m.long {
				m.line(m.part)
			}
			m.part, m.long = m.part[:0], false
		}
	}
}

func (m *middle) line(line []byte) {
	kind := 0
	if m.telling != nil && m.telling(line) {
		kind = 1
	}
	s := shape(line)
	if n := m.seen[s]; n >= alike || n == 0 && len(m.seen) >= mostSeen && kind == 0 || len(line) > m.room[kind] {
		return
	}
	if len(m.seen) < mostSeen {
		m.seen[s]++
	}
	m.room[kind] -= len(line)
	m.kept = append(m.kept, line...)
}

// shape is a number that lines share which differ in their numbers, and in how
// often a character is repeated, only (FNV-1a).
func shape(line []byte) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	sum := uint64(offset)
	var last byte
	add := func(b byte) {
		if b != last {
			sum = (sum ^ uint64(b)) * prime
		}
		last = b
	}
	for i := 0; i < len(line); {
		end, digit := i, false
		for end < len(line) && (line[end] >= '0' && line[end] <= '9' || line[end]|0x20 >= 'a' && line[end]|0x20 <= 'z') {
			digit = digit || line[end] <= '9'
			end++
		}
		switch {
		case end == i:
			add(line[i])
			end++
		case digit:
			add('#')
		default:
			for _, b := range line[i:end] {
				add(b)
			}
		}
		i = end
	}
	return sum
}
