package course

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/spec"
)

// Section is a part of the lesson with its challenges, or a workshop with those
// that belong to no other part.
type Section struct {
	Title      string
	Challenges []*spec.Challenge
}

// Sections gives all challenges by the lesson's sections, in the order in which a
// learner does them: the sections with a number, the workshops, the others.
func (c Course) Sections() ([]Section, error) {
	ids, err := c.IDs()
	if err != nil {
		return nil, err
	}
	var out []Section
	workshops := map[string]bool{} // by title
	for _, id := range ids {
		ch, err := c.Challenge(id)
		if err != nil {
			return nil, err
		}
		title := ch.Section
		if title == "" {
			title = path.Dir(id)
			if title == c.Folder(Whole) {
				title = Whole
			}
			if w, err := c.Workshop(title); err == nil {
				title += "  " + w.Title
			}
			workshops[title] = true
		}
		i := slices.IndexFunc(out, func(s Section) bool { return s.Title == title })
		if i < 0 {
			i, out = len(out), append(out, Section{Title: title})
		}
		out[i].Challenges = append(out[i].Challenges, ch)
	}
	rank := func(s Section) int {
		switch {
		case strings.HasPrefix(s.Title, "Section "):
			return 0
		case workshops[s.Title]:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b Section) int {
		if order := rank(a) - rank(b); order != 0 || workshops[a.Title] {
			return order
		}
		return cmp.Compare(a.Title, b.Title)
	})
	return out, nil
}
