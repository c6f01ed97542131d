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

	"github.com/gilcourse/gilcourse/grader/safetext"
)

// Roster says who the learners are: their names by what their submissions are
// called.
type Roster struct {
	ids   []string // as in the file
	names []string
}

// The headings under which a roster has what a submission is called, and the
// learner's name.
var (
	idHeadings   = []string{"submission", "id", "user", "username", "login", "github_username", "student id", "sid", "email", "mail", "identifier"}
	nameHeadings = []string{"learner", "name", "student", "full name", "roster_identifier"}
)

// ReadRoster reads a roster: CSV with a heading, of which one column tells what
// a submission is called (submission, id, login, username, email, …) and one the
// learner's name (learner, name, student, …); or two columns without one. An
// error names the line.
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
	id, name, first := 0, 1, true
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
			i, n := heading(row, idHeadings), heading(row, nameHeadings)
			if i >= 0 && n >= 0 && i != n {
				id, name = i, n
				continue
			}
			if len(row) != 2 || i >= 0 || n >= 0 {
				return nil, fmt.Errorf("the roster: line %d: it takes a column headed %s or %s, and one headed %s", line, strings.Join(idHeadings[:len(idHeadings)-1], ", "), idHeadings[len(idHeadings)-1], strings.Join(nameHeadings, ", "))
			}
		}
		if max(id, name) >= len(row) {
			return nil, fmt.Errorf("the roster: line %d: it has %d columns, and %d are needed", line, len(row), max(id, name)+1)
		}
		one, who := strings.TrimSpace(row[id]), strings.TrimSpace(row[name])
		switch {
		case one == "" && who == "":
			continue
		case one == "" || who == "":
			return nil, fmt.Errorf("the roster: line %d: a submission or a name is missing", line)
		case slices.ContainsFunc(roster.ids, func(s string) bool { return strings.EqualFold(s, one) }):
			return nil, fmt.Errorf("the roster: line %d: %s is there twice", line, safetext.Name(one))
		}
		roster.ids, roster.names = append(roster.ids, one), append(roster.names, who)
	}
	if len(roster.ids) == 0 {
		return nil, errors.New("the roster names nobody")
	}
	return roster, nil
}

func heading(row, known []string) int {
	for _, k := range known {
		if i := slices.IndexFunc(row, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), k) }); i >= 0 {
			return i
		}
	}
	return -1
}

// Names is how many learners it names; 0 for a nil roster.
func (r *Roster) Names() int {
	if r == nil {
		return 0
	}
	return len(r.ids)
}

// Name names the learners of all submissions, and gives those of whom there is
// none. A submission is a learner's if it is called like that, or if one of the
// words in its name is: a learning platform adds the name of the task, a number,
// the time. A nil roster names nobody.
func (r *Roster) Name(sources []Source) (absent []string) {
	if r == nil {
		return nil
	}
	handedIn := make([]bool, len(r.ids))
	for i := range sources {
		if k := r.find(sources[i].Label); k >= 0 {
			sources[i].Label, handedIn[k] = r.names[k], true
		}
	}
	for k, there := range handedIn {
		if !there {
			absent = append(absent, r.names[k])
		}
	}
	return absent
}

// find gives whose a submission of this name is: -1 where nobody's, or where
// its words are several learners'.
func (r *Roster) find(label string) int {
	for k, id := range r.ids {
		if strings.EqualFold(id, label) {
			return k
		}
	}
	words := strings.FieldsFunc(strings.ToLower(label), func(c rune) bool { return c == '_' || c == '-' || unicode.IsSpace(c) })
	found := -1
	for k, id := range r.ids {
		if slices.Contains(words, strings.ToLower(id)) || slices.Contains(words, strings.ToLower(strings.ReplaceAll(r.names[k], " ", ""))) {
			if found >= 0 {
				return -1
			}
			found = k
		}
	}
	return found
}
