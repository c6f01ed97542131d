package python_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// TestObjects passes a counter and accounts in, and reads what they have seen.
func TestObjects(t *testing.T) {
	const source = `
import enum, threading, time

def spread(work):
    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

def race(counter, times):
    def work():
        for _ in range(times):
            value = counter.read()
            time.sleep(0.001)
            counter.write(value + 1)
    spread(work)
    return counter.read()

def transfer(source, target, amount):
    first, second = sorted((source, target), key=lambda a: a.number)
    with first.lock, second.lock:
        source.balance -= amount
        target.balance += amount

def careless(source, target, amount):
    source.balance -= amount
    target.balance += amount

def deadlock(source, target, amount):
    with source.lock:
        with target.lock:
            pass

class Kind(enum.Enum):
    CPU = 1

def say(what):
    return {"text": "io", "enum": Kind.CPU, "bool": True}[what]
`
	accounts := []python.Argument{{Object: "source"}, {Object: "target"}, {Object: "amount"}}
	drive(t, findPython(t), only(source), ready(t, func(s *python.Session) {
		a, _ := s.Call(python.Work{Function: "race", Arguments: []python.Argument{{Object: "counter"}, {Value: 20}}, Limit: patience})
		if a.Seen["updates"] != 80 || a.Seen["users"] != 4 || a.Seen["lost"] < 1 || len(a.Result) != 1 || float64(a.Result[0]) != a.Seen["value"] || a.Result[0] >= 80 {
			t.Errorf("the race %s: %v, seen %v", a.Ended, a.Result, a.Seen)
		}
		a, _ = s.Call(python.Work{Function: "transfer", Arguments: accounts, Threads: 4, Times: 6, Limit: patience})
		if !slices.Equal(a.Result, workload.Balances(4, 6)) || a.Seen["lost"] != 0 || a.Seen["unlocked"] != 0 || a.Seen["updates"] != 48 || a.Seen["held"] < 2 {
			t.Errorf("the transfers %s: %v, seen %v", a.Ended, a.Result, a.Seen)
		}
		a, _ = s.Call(python.Work{Function: "careless", Arguments: accounts, Threads: 4, Times: 6, Limit: patience})
		if a.Seen["unlocked"] != 48 || a.Seen["held"] != 0 {
			t.Errorf("careless transfers %s: %v, seen %v", a.Ended, a.Result, a.Seen)
		}
		for what, want := range map[string]string{"text": "io", "enum": "CPU", "bool": ""} {
			if a, _ := s.Call(python.Work{Function: "say", Arguments: []python.Argument{{Value: what}}, Limit: patience}); a.Text != want || what == "bool" && (a.Type != "bool" || !slices.Equal(a.Result, []int64{1})) {
				t.Errorf("%s is %+v", what, a)
			}
		}
		a, _ = s.Call(python.Work{Arguments: []python.Argument{{Callable: "task"}, {Value: []int64{5, 6, 7}}}, Threads: 2, Limit: patience})
		plain := workload.Formula{}
		if want := []int64{plain.Task(5), plain.Task(6), plain.Task(7)}; !slices.Equal(a.Result, want) {
			t.Errorf("threads of our own %s: %v, want %v", a.Ended, a.Result, want)
		}
		a, ok := s.Call(python.Work{Function: "deadlock", Arguments: accounts, Threads: 4, Times: 50, Limit: 2 * time.Second})
		if ok || a.Ended != record.Hung || len(a.Stands) < 2 || a.Stands[0].File != "work.py" || a.Stands[0].Line != 32 {
			t.Errorf("the deadlock %s, standing at %+v", a.Ended, a.Stands)
		}
	}))
}
