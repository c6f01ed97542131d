package lms

import (
	"testing"
)

// TestRead reads the names that platforms give.
func TestRead(t *testing.T) {
	for _, c := range []struct {
		name   string
		folder bool
		want   Entry
	}{
		{"Anna Müller_1234567_assignsubmission_file_", true, Entry{Account: Account{Platform: Moodle, Name: "Anna Müller", ID: "1234567"}}},
		{"Anna Mu\u0308ller_1234567_assignsubmission_file_", true, Entry{Account: Account{Platform: Moodle, Name: "Anna Müller", ID: "1234567"}}},
		{"Participant_77_assignsubmission_file_gil_discovery.py", false, Entry{Account: Account{Platform: Moodle, Name: "Participant", ID: "77"}, File: "gil_discovery.py"}},
		{"李 明_77_assignsubmission_file", true, Entry{Account: Account{Platform: Moodle, Name: "李 明", ID: "77"}}},
		{"Anna B_77_assignsubmission_onlinetext_onlinetext.html", false, Entry{Account: Account{Platform: Moodle, Name: "Anna B", ID: "77"}, File: "onlinetext.html", Receipt: true}},
		{"doejane_12345_678901_gil_discovery.py", false, Entry{Account: Account{Platform: Canvas, Name: "doejane", ID: "12345"}, File: "gil_discovery.py"}},
		{"doejane_LATE_12345_678901_gil_discovery-2.py", false, Entry{Account: Account{Platform: Canvas, Name: "doejane", ID: "12345"}, File: "gil_discovery.py", Attempt: "0000000002"}},
		{"müllerjörg_1_2_lab.zip", false, Entry{Account: Account{Platform: Canvas, Name: "müllerjörg", ID: "1"}, File: "lab.zip"}},
		{"GIL lab_part 2_jdoe_attempt_2026-11-30-12-30-45_gil_discovery.py", false, Entry{Account: Account{Platform: Blackboard, Login: "jdoe"}, File: "gil_discovery.py", Attempt: "2026-11-30-12-30-45"}},
		{"GIL lab_jdoe_attempt_2026-11-30-12-30-45.txt", false, Entry{Account: Account{Platform: Blackboard, Login: "jdoe"}, Attempt: "2026-11-30-12-30-45", Receipt: true}},
		{"gil_discovery - Jane Doe.py", false, Entry{Account: Account{Platform: GoogleClassroom, Name: "Jane Doe"}, File: "gil_discovery.py"}},
		{"Jane Doe - gil_discovery.py", false, Entry{Account: Account{Platform: GoogleClassroom, Name: "Jane Doe"}, File: "gil_discovery.py"}},
		{"Zoë 🐍 - gil_discovery.py", false, Entry{Account: Account{Platform: GoogleClassroom, Name: "Zoë 🐍"}, File: "gil_discovery.py"}},
	} {
		got, ok := Read(c.name, c.folder, []string{"gil_discovery.py"})
		if !ok || got != c.want {
			t.Errorf("%s is read as %+v, %v", c.name, got, ok)
		}
	}
	for name, folder := range map[string]bool{"anna": true, "anna.py": false, "gil_discovery.py": false, "late_work.zip": false, "doejane_12345_678901_x": true, "anna_2.py": false, " - gil_discovery.py": false, "": false} {
		if got, ok := Read(name, folder, []string{"gil_discovery.py"}); ok {
			t.Errorf("%q is read as %+v", name, got)
		}
	}
}

func TestRepository(t *testing.T) {
	e, ok := Repository("gil-lab-submissions", "gil-lab-octo-cat")
	if !ok || e.Login != "octo-cat" || e.Platform != GitHubClassroom {
		t.Errorf("read as %+v, %v", e, ok)
	}
	for _, c := range [][2]string{{"gil-lab", "gil-lab-octo"}, {"gil-lab-submissions", "other-octo"}, {"-submissions", "-a"}, {"gil-lab-submissions", "gil-lab-"}} {
		if e, ok := Repository(c[0], c[1]); ok {
			t.Errorf("%v is read as %+v", c, e)
		}
	}
}

func TestReadGradescope(t *testing.T) {
	all, err := ReadGradescope([]byte(`---
submission_11:
  :submitters:
  - :name: Jörg Müller
    :sid: 4711
    :email: joerg@example.edu
  :created_at: 2026-11-01 10:00:00.000000000 Z
  :score: 3.0
submission_12:
  :submitters:
  - :name: A B
    :sid: 'x1'
  - :name: C D
notes:
  :submitters: []
`))
	if err != nil {
		t.Fatal(err)
	}
	one, group := all["submission_11"], all["submission_12"]
	if len(all) != 2 || one.Account != (Account{Gradescope, "Jörg Müller", "4711", "", "joerg@example.edu"}) || one.Attempt == "" {
		t.Errorf("read %+v", all)
	}
	if group.Account != (Account{Platform: Gradescope, Name: "A B, C D"}) {
		t.Errorf("a group is %+v", group)
	}
	for _, bad := range []string{"[", "submission_1: 3"} {
		if _, err := ReadGradescope([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestNamed(t *testing.T) {
	for _, c := range []struct {
		mine, name string
		want       bool
	}{
		{"doejane", "Jane Doe", true},
		{"doejane", "Doe, Jane", true},
		{"vanderbergjan", "Jan van der Berg", true},
		{"Anna Müller", "anna mu\u0308ller", true},
		{"doejane", "Janet Doe", false},
		{"", "Jane Doe", false},
		{"doejane", "", false},
	} {
		if got := (Account{Name: c.mine}).Named(c.name); got != c.want {
			t.Errorf("%q can be %q: %v", c.mine, c.name, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("doejane_LATE_1_2_x-1.py", false)
	f.Add("Anna_1_assignsubmission_file_", true)
	f.Fuzz(func(t *testing.T, name string, folder bool) {
		if e, ok := Read(name, folder, []string{"x.py"}); ok && (e.String() == "" || folder && e.Platform != Moodle) {
			t.Errorf("%q is read as %+v", name, e)
		}
	})
}
