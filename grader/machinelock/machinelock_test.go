package machinelock

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// holder makes this test program hold the lock until it is ended.
const holder = "GILCOURSE_TEST_HOLDS"

func TestMain(m *testing.M) {
	if os.Getenv(holder) != "" {
		if _, err := Queue("held").Alone(context.Background(), nil); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		time.Sleep(time.Minute)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func own(t *testing.T) {
	t.Helper()
	t.Setenv(Variable, filepath.Join(t.TempDir(), "lock"))
}

// TestKilledHolder starts a process that holds the lock: nobody else gets it,
// not even to share, until the process is killed.
func TestKilledHolder(t *testing.T) {
	own(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holder+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder said %q, %v", line, err)
	}
	for name, take := range map[string]func(*Turn, context.Context, func(Wait)) (func(), error){"alone": (*Turn).Alone, "share": (*Turn).Share} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		waited, turn := Wait{}, Queue("a")
		if _, err := take(turn, ctx, func(w Wait) { waited = w }); !errors.Is(err, context.DeadlineExceeded) || waited.Before != 1 || waited.About <= 0 || waited.About > guess {
			t.Errorf("%s: while another process is alone: %v, waiting was told: %+v", name, err, waited)
		}
		turn.Leave()
		cancel()
	}
	if err := cmd.Process.Kill(); err != nil { // by its own handle
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	turn := Queue("a")
	release, err := turn.Alone(ctx, nil)
	if err != nil {
		t.Fatalf("after the holder was killed: %v", err)
	}
	release()
	release() // twice does nothing
	turn.Leave()
	turn.Leave()
	if left, err := filepath.Glob(File() + ".line/*" + standing); err != nil || len(left) != 0 {
		t.Errorf("in the line are left %v, %v", left, err)
	}
}

// TestAloneMeansAlone lets many share and be alone: whoever is alone never
// meets anybody, and those who share do meet.
func TestAloneMeansAlone(t *testing.T) {
	own(t)
	var mu sync.Mutex
	sharing, alone, met := 0, 0, 0
	enter := func(n *int, by int) {
		mu.Lock()
		defer mu.Unlock()
		*n += by
		if alone > 1 || alone > 0 && sharing > 0 {
			t.Errorf("%d alone and %d sharing at once", alone, sharing)
		}
		met = max(met, sharing)
	}
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			turn := Queue("a")
			defer turn.Leave()
			n, take := &sharing, turn.Share
			if i%3 == 0 {
				n, take = &alone, turn.Alone
			}
			release, err := take(t.Context(), nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer release()
			enter(n, 1)
			time.Sleep(40 * time.Millisecond)
			enter(n, -1)
		})
	}
	group.Wait()
	if met < 2 {
		t.Errorf("those who share never met")
	}
}

// TestLine has some who come one after the other while the machine is taken: each
// knows how many come first, and they are served in that order, as often as they ask.
func TestLine(t *testing.T) {
	own(t)
	first := Queue("a")
	release, err := first.Alone(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var (
		mu     sync.Mutex
		served []int
		group  sync.WaitGroup
	)
	for i := range 5 {
		waiting := make(chan Wait)
		group.Go(func() {
			turn := Queue("b")
			defer turn.Leave()
			var once sync.Once
			for k := range 2 { // to prepare, then to measure
				take := turn.Share
				if k == 1 {
					take = turn.Alone
				}
				release, err := take(t.Context(), func(w Wait) { once.Do(func() { waiting <- w }) })
				if err != nil {
					t.Error(err)
					return
				}
				if k == 1 {
					mu.Lock()
					served = append(served, i)
					mu.Unlock()
				}
				time.Sleep(time.Duration(5-i) * 5 * time.Millisecond) // the first to come prepares for longest
				release()
			}
		})
		if w := <-waiting; w.Before != i+1 || w.About <= 0 {
			t.Errorf("%d came before the one at %d, for about %v", w.Before, i, w.About)
		}
	}
	release()
	first.Leave()
	group.Wait()
	if !slices.Equal(served, []int{0, 1, 2, 3, 4}) {
		t.Errorf("they were served as %v", served)
	}
}

// TestAgain has one who gives the machine back and asks again: who waits comes first
// where it has left the line, and last where it has not.
func TestAgain(t *testing.T) {
	for _, leaves := range []bool{true, false} {
		own(t)
		turn := Queue("a")
		release, err := turn.Alone(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		waiting, got, left := make(chan bool), make(chan bool), make(chan bool)
		go func() {
			defer close(left)
			other := Queue("b")
			defer other.Leave()
			told := sync.OnceFunc(func() { close(waiting) })
			release, err := other.Alone(t.Context(), func(Wait) { told() })
			if err != nil {
				t.Error(err)
				return
			}
			close(got)
			release()
		}()
		<-waiting
		release()
		if leaves {
			turn.Leave()
		}
		if release, err = turn.Alone(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		select {
		case <-got:
			if !leaves {
				t.Error("another was served while one was still in the line")
			}
		default:
			if leaves {
				t.Error("who came later was served first")
			}
		}
		release()
		turn.Leave()
		<-left
	}
}

// TestEstimate wants the time of those who come first to be what theirs took before.
func TestEstimate(t *testing.T) {
	own(t)
	l, err := openLine()
	if err != nil {
		t.Fatal(err)
	}
	l.keep("slow", 100*time.Second)
	l.keep("slow", 300*time.Second)
	if d := l.expected("slow"); d != 200*time.Second {
		t.Errorf("100 s and 300 s make %v", d)
	}
	if d := l.expected("unknown"); d != guess {
		t.Errorf("the unknown takes %v", d)
	}
	turn := Queue("slow")
	release, err := turn.Alone(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if turns, about := l.ahead(newID()); turns != 1 || about > 200*time.Second || about < 100*time.Second {
		t.Errorf("%d turns come first, for %v", turns, about)
	}
	release()
	turn.Leave()
	if err := os.WriteFile(l.file(), []byte("no JSON"), 0o644); err != nil {
		t.Fatal(err)
	}
	if d := l.expected("slow"); d != guess {
		t.Errorf("a file that is broken says %v", d)
	}
}

// TestSleeps wants who waits to sleep: a loop that asks again and again would be told
// of the wait many times.
func TestSleeps(t *testing.T) {
	own(t)
	turn := Queue("a")
	release, err := turn.Alone(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer turn.Leave()
	defer release()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	asked := 0
	other := Queue("b")
	defer other.Leave()
	if _, err := other.Alone(ctx, func(Wait) { asked++ }); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if asked > 5 {
		t.Errorf("it was told %d times in half a second", asked)
	}
}

// TestRemoved takes the file away under a holder: the next one makes another,
// and those who wait for the old one notice.
func TestRemoved(t *testing.T) {
	own(t)
	first := Queue("a")
	release, err := first.Alone(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error)
	waiting := make(chan bool)
	go func() {
		told := sync.OnceFunc(func() { close(waiting) })
		turn := Queue("b")
		release, err := turn.Alone(t.Context(), func(Wait) { told() })
		if err == nil {
			if _, serr := os.Lstat(File()); serr != nil {
				err = serr
			}
			release()
		}
		turn.Leave()
		second <- err
	}()
	<-waiting
	if err := os.Remove(File()); err != nil {
		t.Fatal(err)
	}
	release()
	first.Leave()
	if err := <-second; err != nil {
		t.Error(err)
	}
}

func TestUnusable(t *testing.T) {
	own(t)
	if err := os.Mkdir(File(), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Queue("a").Alone(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "it is no file; remove it, or name another file in GILCOURSE_LOCK") {
		t.Errorf("a folder in its place: %v", err)
	}
	own(t)
	if err := os.WriteFile(File()+".line", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Queue("a").Alone(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "it is no folder; remove it, or name another lock file in GILCOURSE_LOCK") {
		t.Errorf("a file in the place of the line: %v", err)
	}
}
