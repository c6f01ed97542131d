// Package lms reads the names that learning platforms give to what learners hand
// in: whose it is, under which numbers the platform knows them, and which attempt
// it is.
//
// The names are those of Moodle's and Canvas's "download all submissions",
// Blackboard's assignment file download, Gradescope's export, the repositories of
// GitHub Classroom, and files that Google Classroom has named after learners.
package lms

import (
	"path"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Platform is a learning platform.
type Platform string

// The platforms.
const (
	Moodle          Platform = "Moodle"
	Canvas          Platform = "Canvas"
	Blackboard      Platform = "Blackboard"
	Gradescope      Platform = "Gradescope"
	GitHubClassroom Platform = "GitHub Classroom"
	GoogleClassroom Platform = "Google Classroom"
)

// Account is a learner as a platform knows them. What it does not tell is empty;
// the zero Account is nobody's.
type Account struct {
	Platform Platform `json:"platform,omitempty"`
	Name     string   `json:"name,omitempty"`  // as the platform writes it; Canvas: surname and first name in one word
	ID       string   `json:"id,omitempty"`    // its number there: Moodle's participant, Canvas's user, Gradescope's student
	Login    string   `json:"login,omitempty"` // Blackboard's user name, GitHub's login
	Email    string   `json:"email,omitempty"`
}

// String is what to call the learner where no roster says it.
func (a Account) String() string {
	for _, s := range []string{a.Name, a.Login, a.Email, a.ID} {
		if s != "" {
			return s
		}
	}
	return ""
}

// Keys are the words by which a roster may know the learner.
func (a Account) Keys() []string {
	var keys []string
	for _, k := range []string{a.ID, a.Login, a.Email, a.Name} {
		if k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// Named reports whether the account's name can be this one: the same words, with the
// surname first or last, whatever blanks, commas, hyphens and capitals are between
// them. Canvas leaves all of those out.
func (a Account) Named(name string) bool {
	words := strings.FieldsFunc(Fold(name), apart)
	mine := strings.Join(strings.FieldsFunc(Fold(a.Name), apart), "")
	for i := range words {
		if strings.Join(words[i:], "")+strings.Join(words[:i], "") == mine {
			return true
		}
	}
	return false
}

// Fold makes texts equal that differ in case, or in how accents are written.
func Fold(s string) string { return strings.ToLower(norm.NFC.String(s)) }

// apart reports whether a letter only separates the words of a name.
func apart(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c) }

// Entry is what one name in a folder of submissions tells.
type Entry struct {
	Account
	// File is the name under which the learner handed it in; empty for a folder of
	// files.
	File string
	// Attempt orders the attempts of one learner, the later the greater; empty
	// where there is one only.
	Attempt string
	// Receipt is a file of the platform's own, or a text that was typed in: no
	// deliverable.
	Receipt bool
}

var (
	// Moodle: mod/assign/locallib.php, download_submissions. A folder, or with
	// "download submissions in folders" switched off, each file by itself.
	moodle = regexp.MustCompile(`^(.+)_(\d+)_assignsubmission_(file|onlinetext)_?(.*)$`)
	// Canvas: lib/content_zipper.rb. The late ones say so; a file that was handed
	// in again under the same name has -1, -2, … before its ending.
	canvas      = regexp.MustCompile(`^([^_]+)_(?:LATE_)?(\d+)_(\d+)_(.+)$`)
	canvasAgain = regexp.MustCompile(`^(.+)-(\d{1,3})(\.[^.]+)$`)
	// Blackboard: title, user name, date; then the file's name, or nothing for the
	// receipt. The title may have underscores in it.
	blackboard = regexp.MustCompile(`^.+_([^_]+)_attempt_(\d{4}(?:-\d\d){5})(?:_(.+)|\.txt)$`)
	gradescope = regexp.MustCompile(`^submission_(\d+)$`)
)

// Read reads a name in a folder of submissions, in Unicode's composed form
// whatever the disk made of it. Deliverables are the files that learners hand in.
// It gives false for a name that no platform gives.
func Read(name string, folder bool, deliverables []string) (Entry, bool) {
	name = norm.NFC.String(name)
	if m := moodle.FindStringSubmatch(name); m != nil {
		return Entry{Account: Account{Platform: Moodle, Name: m[1], ID: m[2]}, File: m[4], Receipt: m[3] == "onlinetext"}, true
	}
	if m := blackboard.FindStringSubmatch(name); m != nil && !folder {
		return Entry{Account: Account{Platform: Blackboard, Login: m[1]}, File: m[3], Attempt: m[2], Receipt: m[3] == ""}, true
	}
	if m := canvas.FindStringSubmatch(name); m != nil && !folder {
		e := Entry{Account: Account{Platform: Canvas, Name: m[1], ID: m[2]}, File: m[4]}
		if again := canvasAgain.FindStringSubmatch(e.File); again != nil {
			e.File, e.Attempt = again[1]+again[3], pad(again[2])
		}
		return e, true
	}
	if !folder {
		return googleClassroom(name, deliverables)
	}
	return Entry{}, false
}

// googleClassroom reads the name of a copy that Google Classroom made for a
// learner: the learner and the file's name, either first, with a dash between.
func googleClassroom(name string, deliverables []string) (Entry, bool) {
	for _, file := range deliverables {
		stem, ext := strings.TrimSuffix(file, path.Ext(file)), path.Ext(file)
		for _, whole := range []string{file, stem} {
			if who, ok := strings.CutPrefix(strings.TrimSuffix(name, ext), strings.TrimSuffix(whole, ext)+" - "); ok && who != "" && strings.HasSuffix(name, ext) {
				return Entry{Account: Account{Platform: GoogleClassroom, Name: who}, File: file}, true
			}
			if who, ok := strings.CutSuffix(name, " - "+whole); ok && who != "" {
				return Entry{Account: Account{Platform: GoogleClassroom, Name: who}, File: file}, true
			}
		}
	}
	return Entry{}, false
}

// pad makes numbers of up to ten digits compare as texts.
func pad(digits string) string { return strings.Repeat("0", max(0, 10-len(digits))) + digits }

// Repository reads the name of a repository that GitHub Classroom made: the
// assignment, a hyphen, the login, which may have hyphens in it. Folder is the name
// of the folder around it, as `gh classroom clone student-repos` makes it:
// ASSIGNMENT-submissions. It gives false for another name.
func Repository(folder, name string) (Entry, bool) {
	assignment, ok := strings.CutSuffix(folder, "-submissions")
	if !ok || assignment == "" {
		return Entry{}, false
	}
	login, ok := strings.CutPrefix(name, assignment+"-")
	if !ok || login == "" {
		return Entry{}, false
	}
	return Entry{Account: Account{Platform: GitHubClassroom, Login: login}}, true
}
