package cohort_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/cohort"
)

// TestDownloads finds the learners in what platforms hand out: folders and
// archives, flat or deep. A want is LABEL=FILE,FILE for each, the files as they were
// handed in.
func TestDownloads(t *testing.T) {
	const roster = "Student,ID,SIS Login ID,Email\n\"Doe, Jane\",12345,jdoe,jane@example.edu\nJörg Müller,222,octo-cat,joerg@example.edu\n李明,333,liming,li@example.edu\n"
	for _, c := range []struct {
		platform string
		folder   string
		files    []string
		want     []string
		latest   bool
		unknown  string
	}{
		{"Moodle", "GIL lab-12", []string{"Jane Doe_9_assignsubmission_file_/gil_discovery.py", "Jörg Müller_8_assignsubmission_file_/deep/gil_discovery.py", "Nobody X_7_assignsubmission_file_/gil_discovery.py"},
			[]string{"Doe, Jane=gil_discovery.py", "Jörg Müller=gil_discovery.py", "Nobody X=gil_discovery.py"}, false, "Nobody X"},
		{"Moodle, flat", "lab", []string{"Jane Doe_9_assignsubmission_file_gil_discovery.py", "Jane Doe_9_assignsubmission_file_notes.txt", "李明_5_assignsubmission_onlinetext_onlinetext.html"},
			[]string{"Doe, Jane=gil_discovery.py,notes.txt", "李明!"}, false, ""},
		{"Canvas", "submissions", []string{"doejane_12345_678_gil_discovery.py", "doejane_12345_679_primes.c", "müllerjörg_LATE_222_680_gil_discovery-1.py", "müllerjörg_LATE_222_681_gil_discovery-2.py"},
			[]string{"Doe, Jane=gil_discovery.py,primes.c", "Jörg Müller=gil_discovery.py"}, false, ""},
		{"Blackboard", "gradebook", []string{"GIL_lab_jdoe_attempt_2026-11-01-10-00-00_gil_discovery.py", "GIL_lab_jdoe_attempt_2026-11-01-10-00-00.txt",
			"GIL_lab_jdoe_attempt_2026-11-02-10-00-00_gil_discovery.py", "GIL_lab_jdoe_attempt_2026-11-02-10-00-00.txt", "GIL_lab_liming_attempt_2026-11-02-11-00-00_gil_discovery.py"},
			[]string{"Doe, Jane=gil_discovery.py", "李明=gil_discovery.py"}, true, ""},
		{"Gradescope", "assignment_1_export", []string{"submission_metadata.yml", "submission_1/gil_discovery.py", "submission_2/gil_discovery.py"},
			[]string{"Doe, Jane=gil_discovery.py", "Jörg Müller=gil_discovery.py"}, false, ""},
		{"GitHub Classroom", "gil-lab-submissions", []string{"gil-lab-octo-cat/gil_discovery.py", "gil-lab-octo-cat/README.md", "gil-lab-liming/gil_discovery.py"},
			[]string{"李明=gil_discovery.py", "Jörg Müller=README.md,gil_discovery.py"}, false, ""},
		{"Google Classroom", "lab", []string{"Jane Doe - gil_discovery.py", "gil_discovery - Jörg Müller.py"}, []string{"Doe, Jane=gil_discovery.py", "Jörg Müller=gil_discovery.py"}, false, ""},
		{"none", "handed in", []string{"jdoe/gil_discovery.py", "liming/gil_discovery.py"}, []string{"Doe, Jane=gil_discovery.py", "李明=gil_discovery.py"}, false, ""},
	} {
		folder := filepath.Join(t.TempDir(), c.folder)
		for _, f := range c.files {
			text := "print(1)\n"
			if strings.HasSuffix(f, ".yml") {
				text = "submission_1:\n  :submitters:\n  - :name: Jane Doe\n    :sid: 1\n    :email: jane@example.edu\nsubmission_2:\n  :submitters:\n  - :name: J. M.\n    :sid: 222\n"
			}
			write(t, filepath.Join(folder, f), text)
		}
		packed := filepath.Join(t.TempDir(), c.folder+".zip")
		pack(t, folder, packed)
		for _, at := range []string{folder, packed} {
			o := options(t, "challenge3/gil-discovery")
			sources, err := cohort.Find([]string{at}, challenges(o))
			if err != nil {
				t.Errorf("%s: %v", c.platform, err)
				continue
			}
			if c.latest {
				sources.Latest()
			}
			r, err := cohort.ReadRoster(strings.NewReader(roster))
			if err != nil {
				t.Fatal(err)
			}
			_, unknown := r.Name(sources.All)
			var got []string
			for _, s := range sources.All {
				got = append(got, s.Label+cohort.Files(s, challenges(o)))
			}
			want := slices.Clone(c.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || strings.Join(unknown, ",") != c.unknown {
				t.Errorf("%s, %s: %q, unknown %q\nwant %q, %q", c.platform, filepath.Base(at), got, unknown, want, c.unknown)
			}
			if err := sources.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// pack packs a folder, itself included, into an archive.
func pack(t *testing.T, folder, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestZipOfZips opens an archive within an archive within an archive.
func TestZipOfZips(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "one", "work", "gil_discovery.py"), "print(1)\n")
	write(t, filepath.Join(dir, "one", "work", "notes.txt"), "x")
	pack(t, filepath.Join(dir, "one"), filepath.Join(dir, "two", "mine.zip"))
	pack(t, filepath.Join(dir, "two"), filepath.Join(dir, "all", "anna.zip"))
	pack(t, filepath.Join(dir, "two"), filepath.Join(dir, "all", "ben.zip"))
	pack(t, filepath.Join(dir, "all"), filepath.Join(dir, "whole.zip"))
	o := options(t, "challenge3/gil-discovery")
	sources, err := cohort.Find([]string{filepath.Join(dir, "whole.zip")}, challenges(o))
	if err != nil {
		t.Fatal(err)
	}
	defer sources.Close()
	var got []string
	for _, s := range sources.All {
		got = append(got, s.Label+cohort.Files(s, challenges(o)))
	}
	if want := []string{"anna=gil_discovery.py,notes.txt", "ben=gil_discovery.py,notes.txt"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
