package grader_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/gilcourse/gilcourse/fixtures"
	"github.com/gilcourse/gilcourse/grader/bootcache"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// attacksDir holds the hostile submissions, a folder each, with a file `must`.
const attacksDir = "../fixtures/_attacks"

// loot is what an attack prints where it has got what it was after.
const loot = "LO" + "OT:"

// neighbour is the port of a process that has nothing to do with a check.
const neighbour = "127.0.0.1:47311"

// attackLimits bound a run of an attack: honest ones need less.
var attackLimits = spec.Limits{Wall: spec.Duration(8 * time.Second), Full: spec.Duration(8 * time.Second), CPU: spec.Duration(20 * time.Second), Memory: 400 << 20, Tasks: 40,
	Written: 48 << 20, Files: 256, FileSize: 32 << 20}

// longestAttack is the longest that the grader may take over one of them: a
// multiple of what it takes on a busy machine.
const longestAttack = 2 * time.Minute

// layer is a way to run submissions that this machine can offer.
type layer struct {
	name string
	mode sandbox.Mode
	// isolates says that a run is kept from the rest of the machine: attacks
	// that need it are run in such layers only.
	isolates bool
}

// layers are those that the attacks are run in: without any isolation, and
// with all that this machine and this user have to offer.
func layers(t *testing.T) []layer {
	offered := []layer{{name: "off", mode: sandbox.Off}}
	if _, err := sandbox.Choose(t.Context(), sandbox.Require); err != nil {
		t.Logf("no isolation here: %v", err)
		return offered
	}
	return append(offered, layer{name: "require", mode: sandbox.Require, isolates: true})
}

// quickAttacks are the few that a plain `go test` runs.
var quickAttacks = []string{"daemon", "fork-bomb", "fake-annotations", "answers-twice", "deep-expression"}

// must is what has to happen with an attack.
type must struct {
	challenge, kind, tries, verdict, check, needs string
	says                                          *regexp.Regexp // in what a run was ended for, or in a check's message
	cpu                                           time.Duration  // the limit of CPU time, 0 for that of all attacks
}

var kinds = []string{"hang", "harm", "outlive", "outside", "secret", "network", "forge", "show", "source"}

// readMust reads the `key: value` lines of a file `must`.
func readMust(text string) (must, error) {
	var m must
	keys := map[string]*string{"challenge": &m.challenge, "kind": &m.kind, "tries": &m.tries, "verdict": &m.verdict, "check": &m.check, "needs": &m.needs, "says": new(string), "cpu": new(string)}
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		field := keys[key]
		if !ok || field == nil || *field != "" || value == "" {
			return m, fmt.Errorf("%q: not a line `key: value` with a known key, each once", line)
		}
		*field = value
	}
	if m.challenge == "" || m.tries == "" || !slices.Contains(kinds, m.kind) {
		return m, errors.New("challenge, kind or tries is missing or unknown")
	}
	if m.verdict != "fail" && m.verdict != "not pass" || m.needs != "" && m.needs != "isolation" {
		return m, errors.New("a verdict is `fail` or `not pass`, and nothing is needed but `isolation`")
	}
	if cpu := *keys["cpu"]; cpu != "" {
		var err error
		if m.cpu, err = time.ParseDuration(cpu); err != nil {
			return m, err
		}
	}
	if says := *keys["says"]; says != "" {
		re, err := regexp.Compile(says)
		if err != nil {
			return m, err
		}
		m.says = re
	}
	return m, nil
}

// attackNames lists the attacks.
func attackNames(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(attacksDir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) < 45 {
		t.Fatalf("only %d attacks", len(names))
	}
	return names
}

// TestAttacksAreKept checks the corpus itself: each attack says what must
// happen, and no catalogue lists it.
func TestAttacksAreKept(t *testing.T) {
	co, err := course.Open("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range attackNames(t) {
		data, err := os.ReadFile(filepath.Join(attacksDir, name, "must"))
		if err != nil {
			t.Fatal(err)
		}
		m, err := readMust(string(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		ch, err := co.Challenge(m.challenge)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := os.Stat(filepath.Join(attacksDir, name, ch.Deliverable)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if m.check != "" && !slices.ContainsFunc(ch.Checks, func(c spec.Check) bool { return c.ID == m.check }) {
			t.Errorf("%s: %s has no check %s", name, m.challenge, m.check)
		}
	}
	ids, err := co.IDs()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if strings.Contains(id, "_attacks") {
			t.Errorf("the catalogue lists %s", id)
		}
	}
	if _, err := fs.Stat(fixtures.FS, "_attacks"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the attacks are embedded in the program (%v)", err)
	}
}

// TestAttacks runs hostile submissions in each layer, a few of them in a plain
// `go test`, and looks afterwards what is left, what was written outside, and
// what was told.
func TestAttacks(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the attacks are made for Linux")
	}
	attack(t, layers(t))
}

// attack runs the attacks in each of the layers.
func attack(t *testing.T, layers []layer) {
	interpreter, err := python.Find(t.Context(), os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		t.Fatal(err)
	}
	co, err := course.Open("..")
	if err != nil {
		t.Fatal(err)
	}
	names := quickAttacks
	if os.Getenv("GILCOURSE_LIVE") == "all" {
		names = attackNames(t)
	}
	type one struct {
		layer
		attack string
	}
	var all []one
	for _, l := range layers {
		for _, name := range names {
			all = append(all, one{l, name})
		}
	}
	spent, ran, left := within(t, all), 0, 0
	for _, o := range all {
		if spent() {
			left++
			continue
		}
		t.Run(o.name+"/"+o.attack, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(attacksDir, o.attack, "must"))
			if err != nil {
				t.Fatal(err)
			}
			m, err := readMust(string(data))
			if err != nil {
				t.Fatal(err)
			}
			if m.needs == "isolation" && !o.isolates {
				t.Skip("needs isolation")
			}
			ran++
			try(t, co, o.layer, o.attack, m, interpreter)
		})
	}
	if left > 0 {
		t.Logf("%d of %d were left out: GILCOURSE_LIVE_BUDGET was spent", left, len(all))
	}
	if ran < leastAttacks {
		t.Errorf("only %d of %d attacks were run, and %d were left out: that shows nothing; GILCOURSE_LIVE_BUDGET gives more time", ran, len(all), left)
	}
}

// leastAttacks is the fewest that a test must run: those of a plain `go test`
// that need no isolation.
const leastAttacks = 4

// attempts is how often an attack is run at most, where a noisy machine leaves
// undecided what it must fail by: that is no wrong verdict, and shows nothing.
const attempts = 3

// try runs one attack in one layer until what it must fail by is decided.
func try(t *testing.T, co course.Course, l layer, name string, m must, interpreter string) {
	var rec *record.Record
	var result *verdict.Result
	for n := 1; ; n++ {
		rec, result = run(t, co, l, name, m, interpreter)
		if n == attempts || !undecided(m, result) {
			break
		}
		t.Logf("attempt %d left it undecided", n)
	}
	if result.Verdict == verdict.Pass || m.verdict == "fail" && result.Verdict != verdict.Fail {
		t.Errorf("it got %s, and must get %s\n%s", result.Verdict, m.verdict, evidence(result))
	}
	if got := named(m, result); got != nil && got.Verdict != verdict.Fail {
		t.Errorf("it must fail by %s, which got %s: %s\n%s", m.check, got.Verdict, got.Message, evidence(result))
	}
	if m.says != nil {
		var words []string
		for _, r := range rec.Runs {
			words = append(words, r.End.Limit)
		}
		for _, c := range result.Checks {
			words = append(words, c.Message)
		}
		if !m.says.MatchString(strings.Join(words, "\n")) {
			t.Errorf("nothing says %q:\n%s", m.says, evidence(result))
		}
	}
}

// named is the check that an attack must fail by, nil where none is named.
func named(m must, result *verdict.Result) *verdict.Check {
	if i := slices.IndexFunc(result.Checks, func(c verdict.Check) bool { return c.ID == m.check }); i >= 0 {
		return &result.Checks[i]
	}
	return nil
}

// undecided says that what an attack must fail by is neither passed nor failed.
func undecided(m must, result *verdict.Result) bool {
	if got := named(m, result); got != nil && got.Verdict == verdict.Inconclusive {
		return true
	}
	return m.verdict == "fail" && result.Verdict == verdict.Inconclusive
}

// run runs one attack in one layer, once, and inspects what it left and what
// is told of it.
func run(t *testing.T, co course.Course, l layer, name string, m must, interpreter string) (*record.Record, *verdict.Result) {
	t.Helper()
	field := newField(t)
	ch, err := co.Challenge(m.challenge)
	if err != nil {
		t.Fatal(err)
	}
	ch.Limits = attackLimits
	if m.cpu > 0 {
		ch.Limits.CPU = spec.Duration(m.cpu)
	}
	if ch.Analysis != nil {
		ch.Analysis.TemplateLimit = attackLimits.Wall
	}
	if len(ch.Calls) > 0 {
		ch.Limits.Wall = spec.Duration(25 * time.Second)
		for i := range ch.Calls {
			ch.Calls[i].Limit = attackLimits.Wall
		}
	}
	turn := machinelock.Queue("attack")
	defer turn.Leave()
	release, err := turn.Alone(t.Context(), nil) // waiting is not the attack's time
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(t.Context(), longestAttack)
	defer cancel()
	const measured = 3 // whatever: measuring takes a minute
	target := observe.Target{Challenge: ch, File: filepath.Join(attacksDir, name, ch.Deliverable),
		Measured: []record.Cell{{Workload: "cpu", Strategy: "multiprocessing", Speedup: measured, Lo: measured, Hi: measured}}}
	if slices.ContainsFunc(ch.Calls, func(c spec.Call) bool { return c.Compared() }) { // else it would take longer, and say no more
		if target.Solution, err = co.Solution(m.challenge); err != nil {
			t.Fatal(err)
		}
	}
	rec, err := observe.Observe(ctx, observe.Settings{Version: "test", Python: interpreter, Sandbox: l.mode, Exclusive: true}, target)
	if err != nil {
		t.Fatalf("it kept the grader from its work: %v", err)
	}
	result, err := judge.Judge(rec)
	if err != nil {
		t.Fatal(err)
	}
	field.inspect(t)
	told(t, field, rec, result)
	return rec, result
}

// told looks for secrets in the record, for the words of an attack that
// succeeded, and for what a terminal or a CI system would obey in the reports.
func told(t *testing.T, f *field, rec *record.Record, result *verdict.Result) {
	t.Helper()
	var kept bytes.Buffer
	if err := record.Write(&kept, rec); err != nil {
		t.Fatal(err)
	}
	if again, err := record.Read(bytes.NewReader(kept.Bytes())); err != nil || len(again) != 1 {
		t.Errorf("the record cannot be read again: %v", err)
	}
	var known []string
	for line := range strings.Lines(kept.String()) {
		if strings.Contains(line, f.secret) {
			t.Errorf("the secret is in the record: %.300s", line)
		}
		if at := strings.Index(line, loot); at >= 0 {
			known = append(known, line[at:min(len(line), at+100)])
		}
	}
	if len(known) > 0 {
		t.Errorf("it got what it was after: %q", known)
	}
	for _, format := range report.Formats() {
		var out bytes.Buffer
		if err := report.Write(&out, format, report.Report{Challenges: []*verdict.Result{result}}, report.Options{}); err != nil {
			t.Fatal(err)
		}
		if len(out.String()) > 1<<20 {
			t.Errorf("the %s report has %d bytes", format, out.Len())
		}
		for line := range strings.Lines(out.String()) {
			text := strings.TrimRight(line, "\r\n")
			commands := strings.HasPrefix(strings.TrimSpace(text), "::") || strings.Contains(text, "##[")
			if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' }) || commands && format != "github" { // which is made of commands; its own tests tell whose they are
				t.Errorf("the %s report says %q", format, text)
			}
			if strings.Contains(text, f.secret) {
				t.Errorf("the secret is in the %s report: %q", format, text)
			}
		}
		if format == "json" && !json.Valid(out.Bytes()) {
			t.Error("the report is no JSON")
		}
	}
}

// field is what surrounds an attack: a home with a secret in it, a folder for
// temporary files, and a neighbour who listens.
type field struct {
	home, temp, secret string
	before             map[string]string
	calls              atomic.Int32 // at the neighbour's door
	doors              []net.Listener
}

func newField(t *testing.T) *field {
	t.Helper()
	f := &field{home: t.TempDir(), temp: t.TempDir(), secret: fmt.Sprintf("SECRET-%d-%s", os.Getpid(), strconv.FormatInt(time.Now().UnixNano(), 36))}
	for _, name := range []string{"gilcourse-canary", "notes.txt", ".netrc"} {
		if err := os.WriteFile(filepath.Join(f.home, name), []byte(f.secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.before = f.tree(t)
	t.Setenv("HOME", f.home)
	t.Setenv(bootcache.Variable, "off") // what is in the home folder afterwards was written by the attack
	t.Setenv("TMPDIR", f.temp)
	t.Setenv("GILCOURSE_CANARY", f.secret)
	for network, address := range map[string]string{"tcp": neighbour, "unix": "@gilcourse-canary"} {
		door, err := net.Listen(network, address)
		if err != nil {
			continue // somebody else's
		}
		f.doors = append(f.doors, door)
		go func() {
			for {
				conn, err := door.Accept()
				if err != nil {
					return
				}
				f.calls.Add(1)
				conn.Close()
			}
		}()
	}
	return f
}

// tree gives the files of the home with their content.
func (f *field) tree(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(f.home, func(p string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(f.home, p); err == nil && d.IsDir() && (rel == ".cache" || rel == filepath.Join(".cache", "gilcourse")) {
			return nil // the grader's own; it has to be empty
		}
		if err != nil || d.IsDir() {
			files[p] = "folder"
			return err
		}
		data, err := os.ReadFile(p)
		files[p] = string(data)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return files
}

// planted are the names under which attacks write outside.
var planted = []string{"/tmp/gilcourse-attack-was-here", "/var/tmp/gilcourse-attack-was-here", "/dev/shm/gilcourse-attack-was-here"}

// inspect looks at what is left.
func (f *field) inspect(t *testing.T) {
	t.Helper()
	for _, door := range f.doors {
		door.Close()
	}
	if n := f.calls.Load(); n > 0 {
		t.Errorf("it called the neighbour %d times", n)
	}
	for pid, what := range f.left() {
		t.Errorf("process %d is left: %s", pid, what)
		if p, err := os.FindProcess(pid); err == nil {
			p.Kill()
		}
	}
	after := f.tree(t)
	for name, content := range after {
		if before, ok := f.before[name]; !ok || before != content {
			t.Errorf("%s was written", name)
		}
	}
	for name := range f.before {
		if _, ok := after[name]; !ok {
			t.Errorf("%s was removed", name)
		}
	}
	if left, err := os.ReadDir(f.temp); err != nil || len(left) > 0 {
		t.Errorf("the temporary folder holds %v (%v)", left, err)
	}
	for _, name := range planted {
		if _, err := os.Lstat(name); err == nil {
			t.Errorf("%s was written", name)
			os.Remove(name)
		}
	}
}

// left gives the processes that the attack has left behind, told by their
// environment, their folder, or an argument that only attacks use; whoever is
// being ended gets some time to be gone.
func (f *field) left() map[int]string {
	var found map[int]string
	for range 60 {
		found = map[int]string{}
		entries, _ := os.ReadDir("/proc")
		for _, e := range entries {
			pid, err := strconv.Atoi(e.Name())
			if err != nil || pid == os.Getpid() {
				continue
			}
			dir := filepath.Join("/proc", e.Name())
			environ, _ := os.ReadFile(filepath.Join(dir, "environ"))
			command, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
			cwd, _ := os.Readlink(filepath.Join(dir, "cwd"))
			if bytes.Contains(environ, []byte(f.home)) || bytes.Contains(environ, []byte(f.temp)) || strings.HasPrefix(cwd, f.temp) || bytes.Contains(command, []byte("60.041")) {
				found[pid] = strings.ReplaceAll(string(command), "\x00", " ")
			}
		}
		if len(found) == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	return found
}
