package sandbox

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/sched"
)

// plans are the combinations of layers that this machine offers to this user.
func plans(t *testing.T) map[string]plan {
	t.Helper()
	abi := landlockABI()
	other := otherUser()
	parent, why := groupParent()
	found := map[string]plan{}
	for name, p := range map[string]plan{
		"all":               {private, other, abi, true, true, parent},
		"namespaces":        {private, other, 0, true, true, ""},
		"without processes": {mounted, other, abi, true, true, ""},
		"landlock":          {shared, 0, abi, true, true, ""},
		"seccomp":           {shared, 0, 0, true, true, ""},
		"no-new-privs":      {shared, 0, 0, false, true, ""},
		"control group":     {shared, 0, 0, false, true, parent},
	} {
		if p.Group == "" && name == "control group" {
			t.Logf("%s: not to be had here: %s", name, why)
			continue
		}
		if p.Landlock == 0 && strings.Contains(name, "landlock") {
			continue
		}
		if reason, err := try(t.Context(), p); err != nil {
			t.Fatal(err)
		} else if reason != "" {
			t.Logf("%s: not to be had here: %s", name, reason)
			continue
		}
		found[name] = p
	}
	if len(found) == 0 {
		t.Skip("this machine offers no layer at all")
	}
	return found
}

// eachPlan runs a test under every combination.
func eachPlan(t *testing.T, test func(t *testing.T, p plan)) {
	for name, p := range plans(t) {
		t.Run(name, func(t *testing.T) { test(t, p) })
	}
}

// interpreter gives a Python and the folders that it needs.
func interpreter(t testing.TB) (path string, read []string) {
	t.Helper()
	paths, err := ofPython()
	if err != nil {
		t.Skipf("no python3 that runs: %v", err)
	}
	return paths[0], paths[1:]
}

var ofPython = sync.OnceValues(func() (paths []string, err error) {
	const ask = "import sys, os, json; print(json.dumps([sys.executable, sys.prefix, sys.base_prefix] + [p for p in sys.path if os.path.isabs(p)]))"
	out, err := exec.Command("python3", "-I", "-c", ask).Output()
	if err != nil {
		return nil, err
	}
	return paths, json.Unmarshal(out, &paths)
})

// boxed prepares a run of a Python program in a box.
func boxed(t testing.TB, p plan, program string, args ...string) Command {
	t.Helper()
	python, read := interpreter(t)
	work, tmp := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(work, "program.py"), []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	return Command{Args: append([]string{python, "program.py"}, args...), Dir: work,
		Env:    []string{"PATH=/usr/local/bin:/usr/bin:/bin", "TMPDIR=" + tmp, "HOME=" + tmp},
		Box:    &Box{Layers: &Layers{plan: p}, Tmp: tmp, Read: read},
		Limits: Limits{Wall: 2 * time.Minute, Tasks: 200, Memory: 2 << 30}}
}

// program runs a Python program in a box and wants it to end well.
func program(t *testing.T, cmd Command) Result {
	t.Helper()
	res, err := Run(t.Context(), cmd)
	if err != nil {
		t.Fatal(err)
	}
	if !res.OK() {
		t.Fatalf("exit %d %s %s\n%s%s", res.Exit, res.Signal, res.Limit, res.Stdout, res.Stderr)
	}
	return res
}

const everything = `
import asyncio, multiprocessing as mp, os, signal, socket, subprocess, sys, tempfile, threading
from multiprocessing import shared_memory

def square(n):
    return n * n

def main():
    for method in ("fork", "spawn", "forkserver"):
        ctx = mp.get_context(method)
        with ctx.Pool(2) as pool:
            assert pool.map(square, range(5)) == [0, 1, 4, 9, 16], method
        lock, queue, event = ctx.Lock(), ctx.Queue(), ctx.Event()
        with lock:
            queue.put(7)
        assert queue.get() == 7
        event.set()
        with ctx.Manager() as manager:
            manager.list([1]).append(2)
    memory = shared_memory.SharedMemory(create=True, size=1 << 20)
    memory.buf[0] = 1
    memory.close(); memory.unlink()
    async def talk():
        async def serve(reader, writer):
            writer.write(await reader.readline()); await writer.drain(); writer.close()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n"); await writer.drain()
        assert await reader.readline() == b"hello\n"
        writer.close(); server.close()
    asyncio.run(talk())
    assert socket.create_server(("localhost", 0))
    with tempfile.TemporaryDirectory() as d:
        os.makedirs(d + "/a/b"); open(d + "/a/b/c", "w").write("x"); os.rename(d + "/a/b/c", d + "/c")
    open("/tmp/gilcourse-test-%d" % os.getpid(), "w").write("x"); os.remove("/tmp/gilcourse-test-%d" % os.getpid())
    open("kept", "w").write("x")
    open(os.path.expanduser("~/.profile-of-mine"), "w").write("x")
    threads = [threading.Thread(target=square, args=(2,)) for _ in range(20)]
    [x.start() for x in threads]; [x.join() for x in threads]
    assert subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True).stdout == b"1\n"
    if os.path.exists("/usr/bin/cc"):
        open("f.c", "w").write("int f(int n) { return n + 1; }")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", "f.so", "f.c"], check=True)
        import ctypes
        assert ctypes.CDLL("./f.so").f(1) == 2
    assert os.cpu_count() and open("/proc/self/stat").read() and open("/proc/stat").read() and os.listdir("/proc/%d/task" % os.getpid())
    child = subprocess.Popen(["sleep", "60"])
    child.terminate()
    assert child.wait() == -15
    assert signal.getsignal(signal.SIGTERM) == signal.getsignal(signal.SIGHUP) == signal.SIG_DFL
    print("done", os.getpid())

if __name__ == "__main__":
    main()
`

// TestEverythingWorksInside uses what an honest program may use.
func TestEverythingWorksInside(t *testing.T) {
	eachPlan(t, func(t *testing.T, p plan) {
		cmd := boxed(t, p, everything)
		cmd.Watch = true
		res := program(t, cmd)
		var pid int
		if _, err := fmt.Sscanf(res.Stdout, "done %d", &pid); err != nil {
			t.Fatalf("it printed %q and %q", res.Stdout, res.Stderr)
		}
		if res.Tasks[0].PID != pid {
			t.Errorf("the program is process %d for itself, and %d for the sampler", pid, res.Tasks[0].PID)
		}
		if len(res.Tasks) < 10 || res.Unwatched > 0 {
			t.Errorf("%d tasks were seen, %d could not be", len(res.Tasks), res.Unwatched)
		}
		if _, err := os.Stat(filepath.Join(cmd.Dir, "kept")); err != nil {
			t.Errorf("what it wrote into its folder is not there: %v", err)
		}
	})
}

const peeping = `
import ctypes, glob, json, os, signal, socket, sys
wanted = json.loads(sys.argv[1])
seen = {}
def attempt(name, f):
    try:
        seen[name] = str(f())[:200]
    except BaseException as e:
        pass
def read(path):
    with open(path, "rb") as f:
        return f.read()
attempt("secret", lambda: read(wanted["secret"]))
attempt("listing", lambda: os.listdir(os.path.dirname(wanted["secret"])))
attempt("secret through /proc", lambda: read("/proc/%d/root%s" % (os.getppid(), wanted["secret"])))
for pid in (os.getppid(), wanted["pid"]):
    attempt("environ of %d" % pid, lambda: read("/proc/%d/environ" % pid) or 1 / 0)
    attempt("memory of %d" % pid, lambda: read("/proc/%d/maps" % pid) or 1 / 0)
    attempt("descriptors of %d" % pid, lambda: os.readlink("/proc/%d/fd/0" % pid))
attempt("write beside", lambda: open(wanted["beside"], "w"))
attempt("write to the home", lambda: open(wanted["home"] + "/gilcourse-was-here", "w"))
for place in ("/usr", "/etc", "/", "/proc/sys/kernel", "/dev"):
    attempt("write to " + place, lambda: open(place + "/gilcourse-was-here", "w"))
attempt("descriptors", lambda: [fd for fd in os.listdir("/proc/self/fd") if int(fd) > 3] or 1 / 0)
attempt("signal to the supervisor", lambda: os.kill(os.getppid(), signal.SIGUSR1) if os.getppid() != 1 else 1 / 0)
if wanted["pid"] in [int(p) for p in os.listdir("/proc") if p.isdigit()]:
    attempt("signal to the grader", lambda: os.kill(wanted["pid"], 0))
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    if libc.syscall(number, *args) == -1:
        raise OSError(ctypes.get_errno())
attempt("a user namespace", lambda: call(272, 0x10000000))
attempt("ptrace of the supervisor", lambda: call(101, 16, os.getppid(), 0, 0))
attempt("chroot", lambda: os.chroot("/tmp"))
attempt("setuid", lambda: os.setuid(0) if os.getuid() else 1 / 0)
attempt("io_uring", lambda: call(425, 4, ctypes.create_string_buffer(200)))
def connect():
    s = socket.create_connection(("127.0.0.1", wanted["port"]), timeout=3)
    s.close()
attempt("the host's loopback", connect)
attempt("the network", lambda: socket.create_connection(("192.0.2.1", 9), timeout=1))
attempt("a packet", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9)))
attempt("packets of others", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
print(json.dumps(seen))
`

// TestNothingElseIsReached tries what a program must not do, and wants each
// plan to prevent what it promises to.
func TestNothingElseIsReached(t *testing.T) {
	if unameMachine() != "x86_64" {
		t.Skip("the numbers of system calls are those of x86-64")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	eachPlan(t, func(t *testing.T, p plan) {
		// A secret that everybody may read, in a place that is not everybody's.
		outside, err := os.MkdirTemp(home, ".gilcourse-test-")
		if err != nil {
			t.Skipf("no folder in the home: %v", err)
		}
		defer os.RemoveAll(outside)
		secret := filepath.Join(outside, "secret")
		if err := os.WriteFile(secret, []byte("sesame"), 0o644); err != nil {
			t.Fatal(err)
		}
		wanted, err := json.Marshal(map[string]any{"secret": secret, "beside": filepath.Join(outside, "written"), "home": home,
			"pid": os.Getpid(), "port": l.Addr().(*net.TCPAddr).Port})
		if err != nil {
			t.Fatal(err)
		}
		res := program(t, boxed(t, p, peeping, string(wanted)))
		var seen map[string]string
		if err := json.Unmarshal([]byte(res.Stdout), &seen); err != nil {
			t.Fatalf("%v: %s", err, res.Stdout)
		}
		own := p.Space != shared
		for what := range seen {
			prevented := own || p.Landlock > 0 && !within(home, os.TempDir())
			switch {
			case strings.HasPrefix(what, "signal"):
				prevented = own || p.Landlock >= landlockScopes
			case slices.Contains([]string{"a user namespace", "io_uring", "packets of others", "chroot"}, what):
				prevented = p.Seccomp
			case slices.Contains([]string{"the host's loopback", "the network", "a packet"}, what):
				prevented = own
			case slices.Contains([]string{"setuid", "descriptors"}, what) || strings.HasPrefix(what, "ptrace"):
				prevented = true
			}
			if prevented {
				t.Errorf("%s: %s", what, seen[what])
			}
		}
		if os.RemoveAll(filepath.Join(home, "gilcourse-was-here")); len(seen) == 0 && !own && p.Landlock == 0 {
			t.Error("nothing was reached, although nothing is in the way: the attempts are wrong")
		}
	})
}

// TestListenersAreReachedFromInside talks to a listener of the box.
func TestListenersAreReachedFromInside(t *testing.T) {
	eachPlan(t, func(t *testing.T, p plan) {
		cmd := boxed(t, p, "import socket, sys\nfor a in sys.argv[1:]:\n    h, p = a.split(':'); s = socket.create_connection((h, int(p))); s.sendall(b'hello'); print(s.recv(10))")
		heard := make(chan string, 2)
		for range 2 {
			l, err := cmd.Box.Listen()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Listen = append(cmd.Listen, l)
			cmd.Args = append(cmd.Args, l.Addr().String())
			go func() {
				conn, err := l.Accept()
				if err != nil {
					heard <- err.Error()
					return
				}
				defer conn.Close()
				buf := make([]byte, 10)
				n, _ := conn.Read(buf)
				conn.Write([]byte("well"))
				heard <- string(buf[:n])
			}()
		}
		res := program(t, cmd)
		for range 2 {
			if h := <-heard; h != "hello" {
				t.Errorf("heard %q", h)
			}
		}
		if res.Stdout != "b'well'\nb'well'\n" {
			t.Errorf("it heard %q", res.Stdout)
		}
	})
}

// TestStartedTellsThePID reads the kernel's account of the program by the pid
// that Run tells.
func TestStartedTellsThePID(t *testing.T) {
	eachPlan(t, func(t *testing.T, p plan) {
		cmd := boxed(t, p, "import sys\nfor i in range(8_000_000): pass")
		cmd.Watch = true
		var most int64
		cmd.Started = func(pid int) {
			go func() {
				for range 100 {
					b, ok := sched.Account(pid)
					if !ok {
						return
					}
					most = max(most, b.Own)
					time.Sleep(20 * time.Millisecond)
				}
			}()
		}
		if res := program(t, cmd); most < res.CPUUS/4 {
			t.Errorf("the account told %d µs of %d", most, res.CPUUS)
		}
	})
}

// TestLinkInTheTemporaryFolder starts a program by a link to it that lies in the
// folder for temporary files, itself and by another link there.
func TestLinkInTheTemporaryFolder(t *testing.T) {
	eachPlan(t, func(t *testing.T, p plan) {
		cmd := boxed(t, p, "print('started')")
		link := filepath.Join(os.TempDir(), fmt.Sprintf("gilcourse-python-%d", os.Getpid()))
		for at, to := range map[string]string{link: cmd.Args[0], link + "-2": filepath.Base(link)} {
			if err := os.Symlink(to, at); err != nil {
				t.Fatal(err)
			}
			defer os.Remove(at)
		}
		for _, at := range []string{link, link + "-2"} {
			cmd.Args[0] = at
			if res := program(t, cmd); res.Stdout != "started\n" {
				t.Errorf("by %s it said %q", at, res.Stdout)
			}
		}
	})
}

// TestInputIsRead gives the program its standard input.
func TestInputIsRead(t *testing.T) {
	cmd := boxed(t, plan{}, "import sys; print(len(sys.stdin.read()))")
	cmd.Input = []byte(strings.Repeat("x", 30_000))
	if res := program(t, cmd); res.Stdout != "30000\n" {
		t.Errorf("it read %s bytes", res.Stdout)
	}
}

// TestNeitherHomeNorCourse reads what lies below what may be read.
func TestNeitherHomeNorCourse(t *testing.T) {
	eachPlan(t, func(t *testing.T, p plan) {
		if p.Space == shared {
			t.Skip("needs a file system of its own")
		}
		course := t.TempDir()
		if err := os.MkdirAll(filepath.Join(course, "venv/reference"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(course, "venv/reference/solution.py"), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := boxed(t, p, "import os, sys; print([os.listdir(p) for p in sys.argv[1:] if os.path.isdir(p)])", filepath.Join(course, "venv"), filepath.Join(course, "venv/reference"))
		cmd.Box.Read = append(cmd.Box.Read, filepath.Join(course, "venv"))
		cmd.Box.Hide = []string{filepath.Join(course, "venv/reference"), "/no/such/folder"}
		if home, err := os.UserHomeDir(); err == nil {
			cmd.Box.Read = append(cmd.Box.Read, home, "/") // by mistake
		}
		if res := program(t, cmd); res.Stdout != "[['reference'], []]\n" {
			t.Errorf("it saw %s", res.Stdout)
		}
	})
}
