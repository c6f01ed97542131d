package sandbox

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

// TestCaptureMiddle keeps, of a long output, the start, the end and the lines
// of the middle that are unlike the others.
func TestCaptureMiddle(t *testing.T) {
	telling := func(line []byte) bool { return bytes.Contains(line, []byte("Threads")) }
	progress := func(b *strings.Builder, n int) {
		for i := range n {
			fmt.Fprintf(b, "step %d of %d ...... %x done\n", i, n, i*2654435761)
		}
	}
	for name, write := range map[string]func(*strings.Builder){
		"lines": func(b *strings.Builder) { progress(b, 20_000) },
		"carriage returns": func(b *strings.Builder) {
			for i := range 20_000 {
				fmt.Fprintf(b, "\rprogress %d %%", i)
			}
			b.WriteString("\n")
		},
		"one long line": func(b *strings.Builder) { b.WriteString(strings.Repeat("x", 100_000) + "\n") },
		"words": func(b *strings.Builder) {
			for i := range 20_000 {
				fmt.Fprintf(b, "%c%c%c%c\n", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/17576%26)
			}
		},
	} {
		var b strings.Builder
		b.WriteString("first\n")
		write(&b)
		b.WriteString("Threads\n  took 0.44 s\n")
		write(&b)
		b.WriteString("Threads: 0.44 s, CPU 98 %\n")
		write(&b)
		b.WriteString("last\n")
		for _, size := range []int{1, 100, 4096, 1 << 20} {
			if size == 1 && name != "lines" {
				continue
			}
			var count atomic.Int64
			c := newCapture(Command{Telling: telling}, &count)
			for p := []byte(b.String()); len(p) > 0; {
				n := min(size, len(p))
				if _, err := c.Write(p[:n]); err != nil {
					t.Fatal(err)
				}
				p = p[n:]
			}
			text := c.String()
			if count.Load() != int64(b.Len()) || len(text) > 2*kept || !strings.HasPrefix(text, "first\n") || !strings.HasSuffix(text, "last\n") {
				t.Errorf("%s, %d bytes at once: %d of %d bytes, %d kept: %.30q to %q", name, size, count.Load(), b.Len(), len(text), text, text[max(0, len(text)-30):])
			}
			if !strings.Contains(text, "Threads: 0.44 s, CPU 98 %\n") {
				t.Errorf("%s, %d bytes at once: the line is not kept", name, size)
			}
			if name != "words" && !strings.Contains(text, "Threads\n  took 0.44 s\n") {
				t.Errorf("%s, %d bytes at once: the block is not kept", name, size)
			}
		}
	}
}

// TestCaptureCutsNoLine leaves no half of a number.
func TestCaptureCutsNoLine(t *testing.T) {
	var count atomic.Int64
	c := newCapture(Command{KeepOutput: 100}, &count)
	for range 100 {
		fmt.Fprint(c, "Threads: 0.4444 s\n")
	}
	for line := range strings.Lines(c.String()) {
		if line != "Threads: 0.4444 s\n" && !strings.HasPrefix(line, "[... ") {
			t.Errorf("%q is a part of a line", line)
		}
	}
}
