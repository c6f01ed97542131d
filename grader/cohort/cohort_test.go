package cohort_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

const script = "gil_discovery.py"

// broken is a submission that fails without being run, so that grading it
// takes no time on the machine.
func broken(n int) string { return fmt.Sprintf("def learner_%d(:\n", n) }

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeZip(t *testing.T, name string, files map[string]string) {
	t.Helper()
	var b strings.Builder
	z := zip.NewWriter(&b)
	for file, text := range files {
		w, err := z.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(text))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, name, b.String())
}

func find(t *testing.T, o cohort.Options, paths ...string) []cohort.Source {
	t.Helper()
	sources, err := cohort.Find(paths, challenges(o))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sources.Close() })
	return sources.All
}

// labelled shows what a cohort came to, a line each.
func labelled(graded []report.Submission) []string {
	var lines []string
	for _, s := range graded {
		line := s.Learner + " " + string(s.Verdict())
		if s.Cached {
			line += " kept"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestFindAndGrade(t *testing.T) {
	o := options(t, "challenge3/gil-discovery")
	dir := filepath.Join(t.TempDir(), "in")
	write(t, filepath.Join(dir, "anna", script), broken(1))
	write(t, filepath.Join(dir, "ben", "around", "another name.py"), broken(2))
	writeZip(t, filepath.Join(dir, "cem", "homework.zip"), map[string]string{"my work/" + script: broken(3), "__MACOSX/x": ""})
	write(t, filepath.Join(dir, "dana_1.py"), broken(4))
	write(t, filepath.Join(dir, "emil.rar"), "Rar!\x1a\x07")
	if err := os.Mkdir(filepath.Join(dir, "fritz"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".DS_Store"), "")
	if err := os.Symlink("anna", filepath.Join(dir, "grete")); err != nil {
		t.Skip(err)
	}
	writeZip(t, filepath.Join(dir, "hans.zip"), map[string]string{script: broken(8)})
	all := filepath.Join(t.TempDir(), "all.zip") // as a learning platform packs them
	writeZip(t, all, map[string]string{"ida_7/" + script: broken(9), "jo_8/" + script: broken(10)})

	o.Sources = find(t, o, dir, filepath.Join(dir, "anna"), all, filepath.Join(dir, "cem"))
	var told []string
	o.Each = func(n int, s report.Submission) { told = append(told, fmt.Sprint(n, " ", s.Learner)) }
	graded, err := cohort.Grade(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"anna fail", "ben fail", "cem fail", "dana_1 fail", "emil.rar refused", "fritz refused", "grete refused", "hans fail", "anna fail kept", "ida_7 fail", "jo_8 fail", "cem fail kept"}
	if got := labelled(graded); !slices.Equal(got, want) {
		t.Errorf("graded %q\nwant   %q", got, want)
	}
	for i, s := range graded {
		if told[i] != fmt.Sprint(i, " ", s.Learner) {
			t.Errorf("told as number %d: %s", i, told[i])
		}
		if s.Err != "" {
			t.Errorf("%s: %s", s.Learner, s.Err)
		}
	}
	if c := (report.Cohort{Submissions: graded}); c.Verdict() != verdict.Fail || c.Totals()[report.Refused] != 3 {
		t.Errorf("the cohort is %s, %v", c.Verdict(), c.Totals())
	}

	for _, bad := range []string{filepath.Join(dir, "fritz"), filepath.Join(dir, "nobody")} {
		if _, err := cohort.Find([]string{bad}, challenges(o)); err == nil {
			t.Errorf("%s is taken for submissions", bad)
		}
	}
}

// TestOthersAreNotSeen has two single files in a folder: one must not find the
// other beside it.
func TestOthersAreNotSeen(t *testing.T) {
	o := options(t, "challenge3/gil-discovery")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "anna.py"), "import secret\n"+broken(1))
	write(t, filepath.Join(dir, "secret.py"), broken(2))
	o.Sources = find(t, o, dir)
	if o.Book = book(t, t.TempDir()); len(o.Sources) != 2 {
		t.Fatalf("%d submissions", len(o.Sources))
	}
	if _, err := cohort.Grade(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "secret.py"), broken(3))
	graded, err := cohort.Grade(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := labelled(graded); !slices.Equal(got, []string{"anna fail kept", "secret fail"}) {
		t.Errorf("after another one's file has changed: %q", got)
	}
}

func book(t testing.TB, name string) *gradebook.Book {
	t.Helper()
	b, err := gradebook.Open(t.Context(), name, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// execute changes a gradebook behind its back, as a disk or another program may.
func execute(t testing.TB, b *gradebook.Book, statement string, args ...any) {
	t.Helper()
	if err := b.Do(t.Context(), func(tx *gradebook.Tx) error { _, err := tx.Exec(statement, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

// count gives what a query counts.
func count(t testing.TB, b *gradebook.Book, query string) (n int) {
	t.Helper()
	if err := b.Do(t.Context(), func(tx *gradebook.Tx) error { return tx.QueryRow(query).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// changed is a challenge with other words in its spec.
func changed(t *testing.T, c *spec.Challenge, old, new string) *spec.Challenge {
	t.Helper()
	other, err := spec.Parse(c.ID, "challenge.yaml", []byte(strings.Replace(c.Text(), old, new, 1)))
	if err != nil || other.Text() == c.Text() {
		t.Fatalf("%q for %q: %v", new, old, err)
	}
	return other
}

// TestKept grades a cohort again and again: what has not changed is not
// measured, whatever has happened to the results meanwhile.
func TestKept(t *testing.T) {
	o := options(t, "challenge3/gil-discovery")
	in, results := t.TempDir(), filepath.Join(t.TempDir(), "results")
	for i, name := range []string{"anna", "ben", "cem"} {
		write(t, filepath.Join(in, name, script), broken(i))
	}
	write(t, filepath.Join(in, "dana", script), broken(0)) // as anna's
	o.Sources, o.Book = find(t, o, in), book(t, results)
	grade := func(why string, want ...string) {
		t.Helper()
		graded, err := cohort.Grade(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if got := labelled(graded); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", why, got, want)
		}
	}
	grade("at first", "anna fail", "ben fail", "cem fail", "dana fail kept")
	grade("again", "anna fail kept", "ben fail kept", "cem fail kept", "dana fail kept")
	write(t, filepath.Join(in, "ben", "helper.py"), "x = 1\n")
	grade("a file more", "anna fail kept", "ben fail", "cem fail kept", "dana fail kept")

	if n := count(t, o.Book, `SELECT COUNT(*) FROM records`); n != 4 {
		t.Fatalf("%d records", n)
	}
	// as a disk may leave them
	execute(t, o.Book, `UPDATE records SET data = substr(data, 1, 100)`)
	execute(t, o.Book, `UPDATE verdicts SET data = CAST('garbage' AS BLOB)`)
	grade("nothing kept is whole", "anna fail", "ben fail", "cem fail", "dana fail kept")
	execute(t, o.Book, `DELETE FROM verdicts`)
	grade("records without verdicts", "anna fail kept", "ben fail kept", "cem fail kept", "dana fail kept")

	before := o.Tasks[0].Challenge
	o.Tasks = slices.Clone(o.Tasks)
	o.Tasks[0].Challenge = changed(t, before, "run.completed: {min: 1}", "run.completed: {max: 0}")
	if graded, err := cohort.Grade(t.Context(), o); err != nil || !graded[0].Cached || graded[0].Report.Challenges[0].Checks[0].Verdict != verdict.Pass {
		t.Errorf("by another bound the record is not judged anew: %v", err)
	}
	o.Tasks[0].Challenge = before
	grade("the first bound again", "anna fail kept", "ben fail kept", "cem fail kept", "dana fail kept")

	o.Fresh = true
	grade("fresh", "anna fail", "ben fail", "cem fail", "dana fail kept")
	o.Fresh, o.Settings.Version = false, "2"
	grade("another program", "anna fail", "ben fail", "cem fail", "dana fail kept")
}

// TestRegrade puts the record of a submission that passes under the one that was
// handed in, and moves a bound: the verdict moves, and moves back.
func TestRegrade(t *testing.T) {
	o := options(t, "challenge3/gil-discovery")
	in, results := t.TempDir(), filepath.Join(t.TempDir(), "results")
	write(t, filepath.Join(in, "anna", script), broken(1))
	write(t, filepath.Join(in, "ben", script), broken(2))
	o.Sources, o.Book = find(t, o, in), book(t, results)
	keys, err := cohort.Keys(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	data, err := recordings.Bytes("challenge3/gil-discovery/pass-german-shared-memory")
	if err != nil {
		t.Fatal(err)
	}
	put(t, o.Book, keys[0], data)
	graded, err := cohort.Grade(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := labelled(graded); !slices.Equal(got, []string{"anna pass kept", "ben fail"}) {
		t.Fatalf("%q", got)
	}
	regrade := func(o cohort.Options, want ...string) {
		t.Helper()
		again, err := cohort.Regrade(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range again {
			got = append(got, fmt.Sprintf("%s %s was %q", s.Learner, s.Verdict(), s.Was))
		}
		if !slices.Equal(got, want) {
			t.Errorf("regraded %q\nwant     %q", got, want)
		}
	}
	regrade(o, `anna pass was ""`, `ben fail was ""`)
	before := o.Tasks[0].Challenge
	o.Tasks[0].Challenge = changed(t, before, "run.completed: {min: 1}", "run.completed: {max: 0}")
	regrade(o, `anna fail was "pass"`, `ben fail was "fail"`)
	regrade(o, `anna fail was ""`, `ben fail was ""`)
	o.Tasks[0].Challenge = before
	regrade(o, `anna pass was "fail"`, `ben fail was "fail"`)
}

// put keeps a record, gzipped or not, under a key.
func put(t testing.TB, b *gradebook.Book, key string, data []byte) {
	t.Helper()
	if err := b.Do(t.Context(), func(tx *gradebook.Tx) error {
		return tx.KeepRecord(gradebook.Record{Key: key, Challenge: "challenge3/gil-discovery", Data: data})
	}); err != nil {
		t.Fatal(err)
	}
}

// TestRetry has one whose kept record leaves it open: it is measured again at
// the end, and what comes of that counts. A record of the scheduler's silence
// stands in for a noisy machine.
func TestRetry(t *testing.T) {
	o := options(t, "challenge3/gil-discovery")
	in := t.TempDir()
	write(t, filepath.Join(in, "anna", script), broken(1))
	write(t, filepath.Join(in, "ben", script), broken(2))
	o.Sources, o.Book = find(t, o, in), book(t, t.TempDir())
	keys, err := cohort.Keys(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	put(t, o.Book, keys[0], unobserved(t))
	var told []string
	o.Each = func(n int, s report.Submission) { told = append(told, fmt.Sprintf("%d %s", n, s.Verdict())) }
	graded, err := cohort.Grade(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := labelled(graded); !slices.Equal(got, []string{"anna inconclusive kept", "ben fail"}) {
		t.Fatalf("without another try: %q", got)
	}
	told, o.Retries = nil, 3
	if graded, err = cohort.Grade(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got := labelled(graded); !slices.Equal(got, []string{"anna fail", "ben fail kept"}) || graded[0].Tries != 1 {
		t.Errorf("measured again: %q, %d times", got, graded[0].Tries)
	}
	if want := []string{"0 inconclusive", "1 fail", "0 fail"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// unobserved is a record of a machine on which tasks cannot be observed.
func unobserved(t *testing.T) []byte {
	t.Helper()
	rec, err := recordings.Read("challenge3/gil-discovery/pass-german-shared-memory")
	if err != nil {
		t.Fatal(err)
	}
	rec.Host.Scheduler = false
	var b bytes.Buffer
	if err := record.Write(&b, rec); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoster(t *testing.T) {
	sources := func(labels ...string) (all []cohort.Source) {
		for _, l := range labels {
			all = append(all, cohort.Source{Label: l})
		}
		return all
	}
	for _, c := range []struct {
		csv    string
		labels string // |-separated
		want   string // names, then the absent
	}{
		{"id,name\n1,Anna\n2,Ben\n", "1|2|3", "Anna|Ben|3 -"},
		{"1,Anna\n2,Ben\n", "2", "Ben - Anna"},
		{"\xef\xbb\xbfStudent;ID\nMüller, Anna;4711\n", "late_4711_99_gil", "Müller, Anna -"},
		{"name,login,email\nAnna,anna-x,a@b\n", "ANNA-X", "Anna -"},
		{"id,name\n1,Anna\n2,Ben\n", "x_1_2", "x_1_2 - Anna|Ben"}, // whose?
	} {
		r, err := cohort.ReadRoster(strings.NewReader(c.csv))
		if err != nil {
			t.Errorf("%q: %v", c.csv, err)
			continue
		}
		all := sources(strings.Split(c.labels, "|")...)
		absent, _ := r.Name(all)
		var names []string
		for _, s := range all {
			names = append(names, s.Label)
		}
		if got := strings.TrimSpace(strings.Join(names, "|") + " - " + strings.Join(absent, "|")); got != c.want {
			t.Errorf("%q names %q, want %q", c.csv, got, c.want)
		}
	}
	for csv, want := range map[string]string{
		"":                    "names nobody",
		"id,name\n1,A\n1,B\n": "line 3: 1 is there twice",
		"a,b,c\n1,2,3\n":      "line 1: it takes a column headed submission, id",
		"name,room\nA,1\n":    "line 1: it takes a column headed submission, id",
		"id,name\n1\n":        "line 2: it has 1 columns",
		"id,name\n1,\"A\n":    `"`,
		"id,name\n,Anna\n":    "line 2: a submission or a name is missing",
	} {
		if _, err := cohort.ReadRoster(strings.NewReader(csv)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", csv, err, want)
		}
	}
}
