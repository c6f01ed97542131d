package cohort

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/lms"
	"github.com/gilcourse/gilcourse/grader/safetext"
)

// Roster says who the learners are: their names by what their submissions are
// called.
type Roster struct {
	ids   []string // as in the file
	names []string
	also  [][]string // what else the platform may know each by: a login, an address
}

// The headings under which a roster has what a submission is called, and the
// learner's name.
var (
	idHeadings = []string{"submission", "id", "user", "username", "login", "github_username", "student id", "sid", "email", "mail", "identifier",
		"id number", "sis user id", "sis login id", "email address"}
	nameHeadings  = []string{"learner", "name", "student", "full name", "roster_identifier"}
	firstHeadings = []string{"first name", "given name"}
	lastHeadings  = []string{"last name", "surname", "family name"}
)

// ReadRoster reads a roster: CSV with a heading, of which one column or more tell
// what a submission is called (submission, id, login, username, email, …) and one the
// learner's name (learner, name, student, …), or two: first name and last name; or two
// columns without a heading. The gradebooks that Moodle, Canvas and Blackboard export
// are rosters. An error names the line.
func ReadRoster(r io.Reader) (*Roster, error) {
	in := bufio.NewReader(r)
	if bom, err := in.Peek(3); err == nil && bytes.Equal(bom, []byte("\xef\xbb\xbf")) { // as Excel writes it
		in.Discard(3)
	}
	rows := csv.NewReader(in)
	head, _ := in.Peek(1024)
	if head, _, _ = bytes.Cut(head, []byte("\n")); bytes.IndexByte(head, ';') >= 0 && bytes.IndexByte(head, ',') < 0 {
		rows.Comma = ';'
	}
	rows.TrimLeadingSpace, rows.FieldsPerRecord = true, -1
	roster := &Roster{}
	at, first := columns{ids: []int{0}, name: 1, last: -1}, true
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the roster: %w", err)
		}
		line, _ := rows.FieldPos(0)
		if first {
			first = false
			head, named, err := headed(row, line)
			if err != nil {
				return nil, err
			}
			if named {
				at = head
				continue
			}
		}
		if err := roster.add(row, line, at); err != nil {
			return nil, err
		}
	}
	if len(roster.ids) == 0 {
		return nil, errors.New("the roster names nobody")
	}
	return roster, nil
}

// columns are the places of a roster's columns.
type columns struct {
	ids  []int // at least one, the first is the one that counts
	name int
	last int // of the last name, where name is the first; -1 where name is all
}

// headed reads the first line; false where it holds no headings but a learner.
func headed(row []string, line int) (at columns, named bool, err error) {
	for _, h := range idHeadings {
		if i := heading(row, []string{h}); i >= 0 && !slices.Contains(at.ids, i) {
			at.ids = append(at.ids, i)
		}
	}
	at.name, at.last = heading(row, nameHeadings), -1
	if first, last := heading(row, firstHeadings), heading(row, lastHeadings); at.name < 0 && first >= 0 && last >= 0 {
		at.name, at.last = first, last
	}
	at.ids = slices.DeleteFunc(at.ids, func(i int) bool { return i == at.name })
	if len(at.ids) > 0 && at.name >= 0 {
		return at, true, nil
	}
	if len(row) != 2 || len(at.ids) > 0 || at.name >= 0 {
		return at, false, fmt.Errorf("the roster: line %d: it takes a column headed %s or %s, and one headed %s", line, strings.Join(idHeadings[:len(idHeadings)-1], ", "), idHeadings[len(idHeadings)-1], strings.Join(nameHeadings, ", "))
	}
	return at, false, nil
}

func heading(row, known []string) int {
	for _, k := range known {
		if i := slices.IndexFunc(row, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), k) }); i >= 0 {
			return i
		}
	}
	return -1
}

// add adds the learner of a line.
func (r *Roster) add(row []string, line int, at columns) error {
	if most := max(slices.Max(at.ids), at.name, at.last); most >= len(row) {
		return fmt.Errorf("the roster: line %d: it has %d columns, and %d are needed", line, len(row), most+1)
	}
	cell := func(i int) string { return strings.TrimSpace(row[i]) }
	who := cell(at.name)
	if at.last >= 0 {
		who = strings.TrimSpace(who + " " + cell(at.last))
	}
	var ids []string
	for _, i := range at.ids {
		if id := cell(i); id != "" {
			ids = append(ids, id)
		}
	}
	switch {
	case len(ids) == 0 && who == "", strings.EqualFold(who, "Points Possible"): // Canvas's second line
		return nil
	case len(ids) == 0 || who == "":
		return fmt.Errorf("the roster: line %d: a submission or a name is missing", line)
	case slices.ContainsFunc(r.ids, func(s string) bool { return strings.EqualFold(s, ids[0]) }):
		return fmt.Errorf("the roster: line %d: %s is there twice", line, safetext.Name(ids[0]))
	}
	r.ids, r.names, r.also = append(r.ids, ids[0]), append(r.names, who), append(r.also, ids[1:])
	return nil
}

// knows reports whether a word is what a learner is known by.
func (r *Roster) knows(k int, word string) bool {
	return same(word, r.ids[k]) || slices.ContainsFunc(r.also[k], func(id string) bool { return same(word, id) })
}

// Names is how many learners it names; 0 for a nil roster.
func (r *Roster) Names() int {
	if r == nil {
		return 0
	}
	return len(r.ids)
}

// Name names the learners of all submissions. It gives the learners of whom there is
// none, and the labels of the submissions that are nobody's on the roster. A
// submission is a learner's if a learning platform knows its account by that word or
// name; else if it is called like that, or one of the words in its name is. What
// could be several learners' is nobody's. A nil roster names nobody.
func (r *Roster) Name(sources []Source) (absent, unknown []string) {
	if r == nil {
		return nil, nil
	}
	handedIn := make([]bool, len(r.ids))
	for i := range sources {
		if k := r.find(sources[i]); k >= 0 {
			sources[i].Label, handedIn[k] = r.names[k], true
		} else {
			unknown = append(unknown, sources[i].Label)
		}
	}
	for k, there := range handedIn {
		if !there {
			absent = append(absent, r.names[k])
		}
	}
	return absent, unknown
}

// find gives whose a submission is: -1 where nobody's, or where it could be several
// learners'.
func (r *Roster) find(s Source) int {
	if s.Account != (lms.Account{}) {
		keys := s.Account.Keys()
		if k := r.only(func(k int) bool { return slices.ContainsFunc(keys, func(key string) bool { return r.knows(k, key) }) }); k >= 0 {
			return k
		}
		return r.only(func(k int) bool { return s.Account.Named(r.names[k]) })
	}
	if k := r.only(func(k int) bool { return r.knows(k, s.Label) }); k >= 0 {
		return k
	}
	words := strings.FieldsFunc(lms.Fold(s.Label), func(c rune) bool { return c == '_' || c == '-' || unicode.IsSpace(c) })
	return r.only(func(k int) bool {
		return slices.ContainsFunc(words, func(w string) bool { return r.knows(k, w) }) || slices.Contains(words, strings.ReplaceAll(lms.Fold(r.names[k]), " ", ""))
	})
}

// only gives the one learner that fits, -1 where none does, or several do.
func (r *Roster) only(fits func(k int) bool) int {
	found := -1
	for k := range r.ids {
		if fits(k) {
			if found >= 0 {
				return -1
			}
			found = k
		}
	}
	return found
}

func same(a, b string) bool { return lms.Fold(a) == lms.Fold(b) }

// learners gives the learners for the gradebook.
func (r *Roster) learners() (all []gradebook.Learner) {
	if r == nil {
		return nil
	}
	for i, name := range r.names {
		all = append(all, gradebook.Learner{Name: name, KnownAs: r.ids[i]})
	}
	return all
}
