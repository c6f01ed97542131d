package sandbox

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// capture is a writer that keeps the start and the end of what is written to
// it, and counts all of it, in bounded memory. It never blocks its writer.
type capture struct {
	count *atomic.Int64 // of both streams
	keep  int           // bytes, half from the start and half from the end

	mu   sync.Mutex
	head []byte
	tail []byte // the last bytes, at most twice keep/2
	cut  int64
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
	if len(p) > c.keep/2 {
		c.cut += int64(len(p) - c.keep/2)
		p = p[len(p)-c.keep/2:]
	}
	c.tail = append(c.tail, p...)
	if over := len(c.tail) - c.keep/2; over > c.keep/2 {
		c.cut += int64(over)
		c.tail = append(c.tail[:0], c.tail[over:]...)
	}
	return n, nil
}

// String gives what was kept, as valid UTF-8, with a line that says how much
// was left out between start and end.
func (c *capture) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	cut, tail := c.cut, c.tail
	if over := len(tail) - c.keep/2; over > 0 {
		cut, tail = cut+int64(over), tail[over:]
	}
	text := string(c.head)
	if cut > 0 {
		text += fmt.Sprintf("\n[... %d bytes left out ...]\n", cut)
	}
	return strings.ToValidUTF8(text+string(tail), "\uFFFD")
}
