package machinelock

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// holder makes this test program hold the lock until it is ended.
const holder = "GILCOURSE_TEST_HOLDS"

func TestMain(m *testing.M) {
	if os.Getenv(holder) != "" {
		if _, err := Alone(context.Background(), nil); err != nil {
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
	for name, take := range map[string]func(context.Context, func(time.Duration)) (func(), error){"alone": Alone, "share": Share} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		waited := false
		if _, err := take(ctx, func(time.Duration) { waited = true }); !errors.Is(err, context.DeadlineExceeded) || !waited {
			t.Errorf("%s: while another process is alone: %v, waiting was told: %v", name, err, waited)
		}
		cancel()
	}
	if err := cmd.Process.Kill(); err != nil { // by its own handle
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	release, err := Alone(ctx, nil)
	if err != nil {
		t.Fatalf("after the holder was killed: %v", err)
	}
	release()
	release() // twice does nothing
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
			n, take := &sharing, Share
			if i%3 == 0 {
				n, take = &alone, Alone
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

// TestTurn has one who gives the lock back and takes it again at once: another
// who waits gets in between.
func TestTurn(t *testing.T) {
	own(t)
	release, err := Alone(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	waiting, got := make(chan bool), make(chan bool)
	go func() {
		told := sync.OnceFunc(func() { close(waiting) })
		release, err := Alone(t.Context(), func(time.Duration) { told() })
		if err != nil {
			t.Error(err)
		}
		close(got)
		release()
	}()
	<-waiting
	release()
	release, err = Alone(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	select {
	case <-got:
	default:
		t.Error("who came later got in first")
	}
}

// TestRemoved takes the file away under a holder: the next one makes another,
// and those who wait for the old one notice.
func TestRemoved(t *testing.T) {
	own(t)
	release, err := Alone(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error)
	waiting := make(chan bool)
	go func() {
		told := sync.OnceFunc(func() { close(waiting) })
		release, err := Alone(t.Context(), func(time.Duration) { told() })
		if err == nil {
			if _, serr := os.Lstat(Place()); serr != nil {
				err = serr
			}
			release()
		}
		second <- err
	}()
	<-waiting
	if err := os.Remove(Place()); err != nil {
		t.Fatal(err)
	}
	release()
	if err := <-second; err != nil {
		t.Error(err)
	}
}

func TestUnusable(t *testing.T) {
	own(t)
	if err := os.Mkdir(Place(), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Alone(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "it is no file; remove it, or name another file in GILCOURSE_LOCK") {
		t.Errorf("a folder in its place: %v", err)
	}
}
