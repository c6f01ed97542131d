package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// column is what stands in the same place of all rows of a table: under one
// name or, in rows without names, at one index.
type column struct {
	key   string
	part  record.Part // the first one
	role  role
	rows  int
	words int // of all rows
	// Of the rows, how many name a strategy in few words, how many have a
	// figure in few words, a factor such as 3.5x, a number.
	strategies, figures, factors, numbers int
}

// counts are what fields are called that count something else than a factor.
var counts = []spec.Pattern{{{"core*"}}, {{"cpu*"}}, {{"worker*"}}, {{"task*"}}, {{"n"}}, {{"num"}}, {{"count"}}, {{"wait*"}}, {{"id"}}, {{"index"}}, {{"rank"}}, {{"priority"}},
	{{"weight"}}, {{"share"}}, {{"confidence"}}, {{"complexity"}}, {{"max"}}, {{"size"}}, {{"seconds"}}, {{"calls"}}}

// keys names the columns of a row's parts.
func keys(parts []record.Part) []string {
	var out []string
	n := 0
	for _, p := range parts {
		key := p.Name
		if key == "" {
			key = fmt.Sprintf("#%d", n)
			n++
		}
		out = append(out, key)
	}
	return out
}

// unnamed counts the parts without a name.
func unnamed(parts []record.Part) int {
	n := 0
	for _, p := range parts {
		if p.Name == "" {
			n++
		}
	}
	return n
}

// columns tells the role of each column by its name and by what stands in it.
// It is nil for rows of parts without names of which some have fewer than
// others: their places do not say what they are.
func (r reader) columns(rows [][]record.Part) map[string]role {
	var cols []*column
	at := map[string]*column{}
	width := -1
	for _, parts := range rows {
		if len(parts) == 0 {
			continue
		}
		if n := unnamed(parts); width >= 0 && n != width {
			return nil
		} else {
			width = n
		}
		for i, key := range keys(parts) {
			c := at[key]
			if c == nil {
				c = &column{key: key, part: parts[i], role: r.role(parts[i])}
				at[key], cols = c, append(cols, c)
			}
			r.count(c, parts[i])
		}
	}
	r.assign(cols)
	out := map[string]role{}
	for _, c := range cols {
		out[c.key] = c.role
	}
	return out
}

func (r reader) count(c *column, p record.Part) {
	n := len(Words(p.Text))
	c.rows++
	c.words += n
	if n > longestName {
		return
	}
	if r.strategy(p.Text) != "" || p.Also != "" && r.strategy(p.Also) != "" {
		c.strategies++
	}
	switch {
	case p.Number:
		c.numbers++
		c.figures++
	case factor.MatchString(dashes.Replace(strings.ToLower(p.Text))):
		c.factors++
		c.figures++
	case n <= longestName/2 && len(Figures(p.Text)) > 0:
		c.figures++
	}
}

// assign gives each role to the columns that have it. A name decides unless
// what stands there is something else.
func (r reader) assign(cols []*column) {
	r.keep(cols, speedup, func(c *column) int { return 2*c.figures + c.factors })
	r.keep(cols, strategy, func(c *column) int { return c.strategies })
	if of(cols, speedup) == nil {
		choose(cols, speedup, func(i int, c *column) int {
			switch {
			case has(Words(c.part.Name), counts) || c.strategies == c.rows && c.factors == 0:
				return 0
			case 2*c.factors >= c.rows:
				return 4
			case 2*c.numbers >= c.rows:
				return 3
			case 2*c.figures >= c.rows:
				return 2
			case i >= 2 && i == len(cols)-1 && c.part.Name == "" && c.words <= longestName*c.rows:
				return 1
			}
			return 0
		})
	}
	if of(cols, strategy) == nil {
		choose(cols, strategy, func(_ int, c *column) int { return c.strategies })
	}
	if of(cols, reasoning) == nil {
		choose(cols, reasoning, func(_ int, c *column) int {
			if c.words <= 2*c.rows {
				return 0
			}
			return c.words
		})
	}
	if of(cols, strategy) == nil {
		choose(cols, strategy, func(i int, c *column) int {
			if c.words <= longestName*c.rows && c.numbers == 0 {
				return len(cols) - i
			}
			return 0
		})
	}
}

// keep leaves a role to the one column, of those that are called so, that has
// most of it, and takes it from a column that has none where another one has.
func (r reader) keep(cols []*column, as role, much func(*column) int) {
	var most *column
	for _, c := range cols {
		if c.role == as && (most == nil || much(c) > much(most)) {
			most = c
		}
	}
	if most == nil {
		return
	}
	for _, c := range cols {
		if c.role == as && c != most {
			c.role = none
			if c.words > sentenceWords*c.rows && has(Words(c.part.Name), r.Reasoning) {
				c.role = reasoning
			}
		}
	}
	if much(most) == 0 && slices.ContainsFunc(cols, func(c *column) bool { return c.role == none && 2*much(c) >= c.rows }) {
		most.role = none
		if most.words > sentenceWords*most.rows {
			most.role = reasoning
		}
	}
}

// of gives the first column with a role, nil for none.
func of(cols []*column, as role) *column {
	if i := slices.IndexFunc(cols, func(c *column) bool { return c.role == as }); i >= 0 {
		return cols[i]
	}
	return nil
}

// choose gives a role to the column without one of which rank says most, the
// first of equal ones, if any.
func choose(cols []*column, as role, rank func(i int, c *column) int) {
	var found *column
	most := 0
	for i, c := range cols {
		if n := rank(i, c); c.role == none && n > most {
			found, most = c, n
		}
	}
	if found != nil {
		found.role = as
	}
}

// fill puts the parts of a row into its entry, by the roles of their columns;
// without columns by what each looks like.
func (r reader) fill(e *Entry, parts []record.Part, roles map[string]role) {
	if roles != nil {
		for i, key := range keys(parts) {
			r.take(e, parts[i], roles[key])
		}
		return
	}
	rest := slices.DeleteFunc(parts, func(p record.Part) bool { return r.take(e, p, r.role(p)) })
	if i := estimate(rest); i >= 0 && r.take(e, rest[i], speedup) {
		rest = slices.Delete(rest, i, i+1)
	}
	for _, p := range rest {
		r.take(e, p, r.shape(e, p))
	}
}
