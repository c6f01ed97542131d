package python

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// TestStamps takes the driver's own times where they are in keeping with what
// was seen from outside.
func TestStamps(t *testing.T) {
	const ms = int64(time.Millisecond)
	for _, c := range []struct{ begin, end, wantBegin, wantEnd int64 }{
		{110 * ms, 890 * ms, 110 * ms, 890 * ms},
		{350 * ms, 650 * ms, 350 * ms, 650 * ms},
		{351 * ms, 890 * ms, 100 * ms, 890 * ms}, // it leaves out too much
		{110 * ms, 649 * ms, 110 * ms, 900 * ms},
		{90 * ms, 910 * ms, 100 * ms, 900 * ms}, // it was not there yet, nor any more
		{880 * ms, 120 * ms, 100 * ms, 900 * ms},
		{-1 << 63, 1<<63 - 1, 100 * ms, 900 * ms},
		{0, 0, 100 * ms, 900 * ms},
	} {
		if begin, end := stamps(c.begin, c.end, 100*ms, 900*ms); begin != c.wantBegin || end != c.wantEnd {
			t.Errorf("%d to %d became %d to %d, want %d to %d", c.begin, c.end, begin, end, c.wantBegin, c.wantEnd)
		}
	}
}

// FuzzMessage reads what the learner's code may send in the driver's place.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"state": "ready", "pid": 12, "gil": true, "turn_ns": 61.5}`,
		`{"state": "done", "order": 1, "begin": 5, "end": 9, "cpu_ns": 3, "ended": "returned", "type": "list", "result": [1, -2]}`,
		`{"state": "done", "order": 1, "ended": "raised", "thrown": [{"type": "ValueError", "message": "no"}], "says": "Traceback", "place": {"file": "../../x", "line": -3}}`,
		`{"state": "done", "order": -1, "ended": "hung", "type": "\u001b[2J", "odd": "\ud800"}`, `[[[[`, `null`, `{"result": [1e400]}`,
	} {
		f.Add([]byte(seed), int64(10), int64(90))
	}
	f.Fuzz(func(t *testing.T, data []byte, sent, received int64) {
		var m message
		if m.decode(data) != nil {
			return
		}
		for _, s := range []string{m.Type, m.Odd, m.Message, string(m.Ended)} {
			if utf8.RuneCountInString(s) > mostSaid || !utf8.ValidString(s) {
				t.Errorf("%d bytes were kept: %.40q", len(s), s)
			}
		}
		if m.Place != nil && (m.Place.Line < 0 || len(m.Place.Text) > 0) || len(m.Thrown) > mostThrown {
			t.Errorf("%+v", m.Answer)
		}
		if sent < 0 || received < sent || received > 1<<62 {
			return
		}
		if begin, end := stamps(m.Begin, m.End, sent, received); begin < sent || end > received || end < begin {
			t.Errorf("%d to %d in %d to %d", begin, end, sent, received)
		}
	})
}

func TestCut(t *testing.T) {
	if got := cut(strings.Repeat("ä", 10), 3); got != "äää" {
		t.Errorf("got %q", got)
	}
}
