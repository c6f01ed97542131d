package python

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
)

// TestAlone calls functions alone: each is known with those who run it, and what it
// uses tells a slow one from a quick one, and one that naps.
func TestAlone(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("nobody tells here what a process has used")
	}
	const source = `
import threading, time
from multiprocessing import Process
N = 400_000

def power(i, k):
    return pow(pow(pow(i, 1), 1), k)

def slow(n):
    return sum(power(i, 2) for i in range(n))

def quick(n):
    return sum(i * i for i in range(n))

def napping(n):
    total = 0
    for start in range(0, n, n // 50):
        total += quick_part(start, min(n, start + n // 50))
        time.sleep(0.0001)
    return total

def quick_part(start, stop):
    return sum(i * i for i in range(start, stop))

def constant():
    return quick(N)

def sequential():
    for _ in range(4):
        quick(N)

def crew(kind, task):
    workers = [kind(target=task, args=(N,)) for _ in range(4)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()

if __name__ == "__main__":
    sequential()
    crew(threading.Thread, slow)
    crew(Process, quick)
    threading.Thread(target=napping, args=(N,)).start()
    Process(target=constant).start()
`
	p, dir, scaled := interpreter(t), t.TempDir(), t.TempDir()
	for folder, text := range map[string]string{dir: strings.Replace(source, "400_000", "1000", 1), scaled: source} {
		if err := os.WriteFile(filepath.Join(folder, "x.py"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := p.Survey(t.Context(), dir, "x.py", 1000)
	if err != nil {
		t.Fatal(err)
	}
	calls := Calls{Size: 1000, Large: 1_000_000, Alone: 400_000, Copy: scaled, Accept: []string{"sum(i * i for i in range(n))"}, Ways: map[string][]string{}}
	for _, f := range s.Source.Findings {
		switch way, name, handed := strings.Cut(f.ID, "target:"); {
		case handed && way != "":
			calls.Ways[strings.TrimSuffix(way, ".")] = append(calls.Ways[strings.TrimSuffix(way, ".")], name)
		case handed:
			calls.Targets = append(calls.Targets, name)
		}
	}
	probe, _, err := p.Probe(t.Context(), dir, "x.py", calls)
	if err != nil {
		t.Fatal(err)
	}
	least := map[string]int64{}
	for name, ways := range map[string][]string{"slow": {"threads"}, "quick": {"processes", "sequential"}, "napping": {"threads"}, "constant": {"processes"}} {
		i := slices.IndexFunc(probe.Called, func(c record.Trial) bool { return c.Function == name && c.Accepted })
		if i < 0 {
			t.Fatalf("%s was not called: %+v", name, probe.Called)
		}
		c := probe.Called[i]
		if !slices.Equal(c.Ways, ways) || len(c.AloneUS) == 0 {
			t.Errorf("%s is run by %v and used %v, want %v", name, c.Ways, c.AloneUS, ways)
			continue
		}
		least[name] = slices.Min(c.AloneUS)
		if naps := c.Sleeps > 20; naps != (name == "napping") {
			t.Errorf("%s slept %d times", name, c.Sleeps)
		}
	}
	if 10*least["slow"] < 15*least["quick"] || 10*least["constant"] > 15*least["quick"] {
		t.Errorf("what they used alone: %v", least)
	}
}
