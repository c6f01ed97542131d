//go:build unix

package cohort_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/report"
)

// server is a Postgres of the test's own.
type server struct {
	bin, dir string
	port     int
	as       *syscall.SysProcAttr // Postgres does not run as root
	process  *exec.Cmd
}

// postgres starts a server on a free port, and ends it with the test. The test is
// skipped where there is none, and outside of .ci/run, since it takes long.
func postgres(t testing.TB) *server {
	t.Helper()
	if os.Getenv("GILCOURSE_LIVE") != "all" {
		t.Skip("GILCOURSE_LIVE=all runs it, as .ci/run does")
	}
	s := &server{dir: t.TempDir()}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // Debian's
	if path, err := exec.LookPath("initdb"); err == nil && len(found) == 0 {
		found = append(found, path)
	}
	if len(found) == 0 {
		t.Skip("there is no Postgres here: apt-get install postgresql")
	}
	s.bin = filepath.Dir(found[len(found)-1])
	if os.Geteuid() == 0 {
		other, err := user.Lookup("postgres")
		if err != nil {
			other, err = user.Lookup("nobody")
		}
		if err != nil {
			t.Skipf("Postgres does not run as root, and there is no other user: %v", err)
		}
		uid, _ := strconv.Atoi(other.Uid)
		gid, _ := strconv.Atoi(other.Gid)
		s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		if err := os.Chown(s.dir, uid, gid); err != nil {
			t.Fatal(err)
		}
		for d := filepath.Dir(s.dir); d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
			os.Chmod(d, 0o755)
		}
	}
	if out, err := s.command("initdb", "-D", filepath.Join(s.dir, "data"), "-A", "trust", "-U", "grader", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	s.start(t)
	t.Cleanup(s.stop)
	return s
}

func (s *server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.SysProcAttr, cmd.Dir = s.as, s.dir
	return cmd
}

func (s *server) start(t testing.TB) {
	t.Helper()
	s.process = s.command("postgres", "-D", filepath.Join(s.dir, "data"), "-p", fmt.Sprint(s.port), "-k", s.dir, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off")
	s.process.Stderr = io.Discard
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	for range 300 {
		if s.command("pg_isready", "-q", "-h", "127.0.0.1", "-p", fmt.Sprint(s.port)).Run() == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("Postgres does not come up")
}

// stop ends the server, whoever is connected.
func (s *server) stop() {
	s.process.Process.Signal(syscall.SIGINT)
	s.process.Wait()
}

func (s *server) address() string {
	return fmt.Sprintf("postgres://grader@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

// TestPostgres grades, again, after a change, and regrades: as into a file.
func TestPostgres(t *testing.T) {
	b := book(t, postgres(t).address())
	o := options(t, "challenge3/gil-discovery")
	in := class(t, 4)
	o.Sources, o.Book = find(t, o, in), b
	for _, want := range []int{0, 4} {
		graded, err := cohort.Grade(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if kept := slices.DeleteFunc(graded, func(s report.Submission) bool { return !s.Cached }); len(kept) != want {
			t.Errorf("%d of them were kept, want %d", len(kept), want)
		}
	}
	once(t, b, 4)
	write(t, filepath.Join(in, "learner00", "helper.py"), "x = 1\n")
	graded, err := cohort.Grade(t.Context(), o)
	if err != nil || graded[0].Cached || !graded[1].Cached {
		t.Errorf("after a change: %q, %v", labelled(graded), err)
	}
	before := o.Tasks[0].Challenge
	o.Tasks[0].Challenge = changed(t, before, "run.completed: {min: 1}", "run.completed: {max: 0}")
	regraded, err := cohort.Regrade(t.Context(), o)
	if err != nil || len(regraded) != 4 || regraded[0].Was != "fail" {
		t.Errorf("regraded %q, %v", labelled(regraded), err)
	}
	file := book(t, filepath.Join(t.TempDir(), "all.db"))
	if n, err := gradebook.Merge(t.Context(), file, b); err != nil || n != 5 { // one of them has a former attempt
		t.Errorf("merged %d, %v", n, err)
	}
	o.Book, o.Tasks[0].Challenge = file, before
	if graded, err = cohort.Grade(t.Context(), o); err != nil || strings.Count(strings.Join(labelled(graded), "\n"), "kept") != 4 {
		t.Errorf("out of the file: %q, %v", labelled(graded), err)
	}
}

// asker puts a class into the queue, and has none of it done.
func asker(t *testing.T, b *gradebook.Book, in string) {
	t.Helper()
	o := options(t, "challenge3/gil-discovery")
	o.Sources, o.Book = find(t, o, in), b
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(cohort.Progress) { cancel() }
	if _, err := cohort.Grade(ctx, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// process is a worker in another process.
type process struct {
	*exec.Cmd
	lines chan string
	done  chan error
}

// worker starts one. Of a pausing one each job waits until the file is there.
func worker(t testing.TB, address, pause string) *process {
	t.Helper()
	p := &process{Cmd: again("work", "GILCOURSE_TEST_BOOK="+address, "GILCOURSE_TEST_PAUSE="+pause), lines: make(chan string, 1000), done: make(chan error, 1)}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.lines <- lines.Text()
		}
		p.done <- p.Wait()
	}()
	t.Cleanup(func() { p.Process.Kill() })
	return p
}

// measuring waits until a worker observes something.
func (p *process) measuring(t *testing.T) {
	t.Helper()
	for deadline := time.After(time.Minute); ; {
		select {
		case line := <-p.lines:
			if line == "measuring" {
				return
			}
		case err := <-p.done:
			t.Fatalf("the worker has ended: %v", err)
		case <-deadline:
			t.Fatal("the worker does not get to work")
		}
	}
}

// ends wants a worker to end well when it is told to.
func (p *process) ends(t *testing.T, name string) {
	t.Helper()
	p.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.done:
		if err != nil {
			t.Errorf("the worker %s ended with %v", name, err)
		}
	case <-time.After(time.Minute):
		t.Errorf("the worker %s does not end", name)
	}
}

// TestWorkers has workers in processes of their own: one is killed while it
// observes, one is stopped past its heartbeat and goes on later, one is told to
// end, and the database is restarted. Each submission is graded exactly once.
func TestWorkers(t *testing.T) {
	s := postgres(t)
	b := book(t, s.address())
	in := class(t, 24)
	asker(t, b, in)
	resume := filepath.Join(t.TempDir(), "resume")
	killed, stopped, told := worker(t, s.address(), resume), worker(t, s.address(), resume), worker(t, s.address(), resume)
	for _, w := range []*process{killed, stopped, told} {
		w.measuring(t)
	}
	stopped.Process.Signal(syscall.SIGSTOP)
	killed.Process.Kill()
	told.ends(t, "that was told to")
	usual := worker(t, s.address(), "")
	usual.measuring(t)
	s.stop()
	time.Sleep(time.Second)
	s.start(t)

	o := options(t, "challenge3/gil-discovery")
	o.Sources, o.Book = find(t, o, in), b
	graded, err := cohort.Grade(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(strings.Join(labelled(graded), "\n"), " fail"); n != 24 {
		t.Errorf("graded %q", labelled(graded))
	}
	once(t, b, 24)
	write(t, resume, "") // what the stopped one has observed comes too late
	stopped.Process.Signal(syscall.SIGCONT)
	stopped.ends(t, "that was stopped")
	usual.ends(t, "that was left alone")
	once(t, b, 24)
	if n := count(t, b, `SELECT COUNT(*) FROM workers WHERE ended = 0`); n > 1 { // the killed one, at most
		t.Errorf("%d workers have not said that they have ended", n)
	}
}

// TestOnlyWhatItCanJudge has a worker of another build: it takes nothing.
func TestOnlyWhatItCanJudge(t *testing.T) {
	s := postgres(t)
	b := book(t, s.address())
	asker(t, b, class(t, 2))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	o := options(t, "challenge3/gil-discovery")
	err := cohort.Work(ctx, cohort.WorkOptions{Settings: observe.Settings{Version: "another"}, Book: b, Pythons: []string{o.Settings.Python}, Drain: true})
	if err != nil { // there is nothing that it could do
		t.Errorf("work: %v", err)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM records`); n != 0 {
		t.Errorf("it has made %d records", n)
	}
}
