package advice

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Matrix is a decision matrix.
type Matrix struct {
	Table *record.Table
	// Entries are those whose workload is known, in the table's order, each
	// workload once.
	Entries []Entry
}

// Entry is the advice for one workload.
type Entry struct {
	Workload string // its id
	// Names are the texts under which the workload stands.
	Names []string
	// Strategy is the id of what is recommended, empty where the text names
	// none that is known.
	Strategy   string
	Texts      []string // of the strategy: an Enum's member has two
	Reasoning  string   // all of its reasons
	Reasons    []string // each of them
	Speedup    string
	Figures    []Figure
	HasSpeedup bool
	// Line is that on which the entry begins, 0 where that is not known.
	Line int
	// Follows says whether the output changed with the reason, nil where that is
	// not known.
	Follows *bool

	reason, longest []string // the words of all reasons, and of the longest one
}

// Complete says that the entry has all three parts.
func (e *Entry) Complete() bool { return len(e.Texts) > 0 && e.Reasoning != "" && e.HasSpeedup }

// Lacks names the parts that are missing.
func (e *Entry) Lacks() []string {
	var out []string
	for _, part := range []struct {
		there bool
		name  string
	}{{len(e.Texts) > 0, "strategy"}, {e.Reasoning != "", "reasoning"}, {e.HasSpeedup, "expected speedup"}} {
		if !part.there {
			out = append(out, part.name)
		}
	}
	return out
}

// Entry gives the advice for a workload, nil for none.
func (m *Matrix) Entry(workload string) *Entry {
	if m == nil {
		return nil
	}
	for i := range m.Entries {
		if m.Entries[i].Workload == workload {
			return &m.Entries[i]
		}
	}
	return nil
}

// least is how many workloads a table must name to be taken for a matrix.
const least = 3

// ReadMatrix finds the decision matrix among what a module holds: the table
// whose entries name strategies, give reasons in words, and speedups. It is nil
// where no table names enough workloads.
func ReadMatrix(a *spec.Analysis, c *record.Contents) *Matrix {
	var found *Matrix
	for _, m := range readings(a, c) {
		if found == nil || m.better(found) {
			found = m
		}
	}
	return found
}

// Read finds the decision matrix and what is printed of it. Of several tables
// that may be the matrix it takes the one that agrees best with the output.
func Read(a *spec.Analysis, c *record.Contents, output string) (*Matrix, []Printed) {
	var found *Matrix
	var printed []Printed
	most := 0
	all := readings(a, c)
	r := reader{a, map[string]line{}}
	slices.SortStableFunc(all, func(m, o *Matrix) int { return cmp.Compare(o.worth(), m.worth()) })
	for _, m := range all[:min(len(all), mostCompared)] {
		p := r.printed(m, output)
		sum := m.worth()
		for i := range p {
			sum += p[i].parts()
		}
		if found == nil || sum > most || sum == most && m.better(found) {
			found, printed, most = m, p, sum
		}
	}
	return found, printed
}

// Reasons gives the reasons of all tables that may be the matrix.
func Reasons(a *spec.Analysis, c *record.Contents) []string {
	var out []string
	for _, m := range readings(a, c) {
		for _, e := range m.Entries {
			for _, reason := range e.Reasons {
				if !slices.Contains(out, reason) && len(out) < mostReasons {
					out = append(out, reason[:min(len(reason), longestReason)])
				}
			}
		}
	}
	return out
}

// The reasons are handed over as an argument of a program, whose length is
// bounded.
const (
	mostReasons   = 60
	longestReason = 1000
)

// mostCompared is how many tables, those worth most, are compared with the output.
const mostCompared = 6

// readings gives all tables that may be the matrix, in their order.
func readings(a *spec.Analysis, c *record.Contents) []*Matrix {
	r := reader{Analysis: a}
	var out []*Matrix
	for i := range c.Tables {
		if m := r.matrix(&c.Tables[i], c.Labels); len(m.Entries) >= least {
			out = append(out, m)
		}
	}
	return out
}

// worth counts what makes a table a decision matrix: for each entry a strategy
// that is known, a reason of several words, a figure, and all three at once.
func (m *Matrix) worth() int {
	n := 0
	for i := range m.Entries {
		e := &m.Entries[i]
		for _, there := range []bool{e.Strategy != "", len(Words(e.Reasoning)) >= sentenceWords, len(e.Figures) > 0, e.Complete()} {
			if there {
				n++
			}
		}
	}
	return n
}

// better says whether a table is rather the matrix than another one is, whatever
// is printed: of equal ones the one that something reads, then the first.
func (m *Matrix) better(o *Matrix) bool {
	if a, b := m.worth(), o.worth(); a != b {
		return a > b
	}
	return m.Table.Used && !o.Table.Used
}

// sentenceWords is the fewest words of a reason that says something.
const sentenceWords = 3

func (r reader) matrix(t *record.Table, labels []record.Row) *Matrix {
	m := &Matrix{Table: t}
	entries, parts := make([]Entry, len(t.Rows)), make([][]record.Part, len(t.Rows))
	naming := r.naming(t)
	for i := range t.Rows {
		entries[i], parts[i] = r.subject(&t.Rows[i], naming)
	}
	r.identify(entries, parts, labels)
	roles := r.columns(parts)
	for i, e := range entries {
		if e.Workload == "" || m.Entry(e.Workload) != nil {
			continue
		}
		r.fill(&e, parts[i], roles)
		e.reason = Words(e.Reasoning)
		for _, reason := range e.Reasons {
			if words := Words(reason); len(words) > len(e.longest) {
				e.longest = words
			}
		}
		m.Entries = append(m.Entries, e)
	}
	return m
}

// longestName is the most words that a name has: a longer text is a reason.
const longestName = 9

// naming gives the column in which a table's rows name their workloads, where
// their keys do not: the one with most different workloads, of equal ones the
// first. It is empty for none.
func (r reader) naming(t *record.Table) string {
	different := map[string]map[string]bool{"": {}} // by the column; the keys have no name
	most := ""
	for i := range t.Rows {
		row := &t.Rows[i]
		for _, key := range row.Keys {
			if id := r.workload(key); id != "" {
				different[""][id] = true
			}
		}
		for k, column := range keys(row.Parts) {
			id := r.workload(row.Parts[k].Text)
			if id == "" || row.Parts[k].Number || len(Words(row.Parts[k].Text)) > longestName || r.role(row.Parts[k]) != none {
				continue
			}
			if different[column] == nil {
				different[column] = map[string]bool{}
			}
			different[column][id] = true
		}
	}
	if len(different[""]) >= least {
		return ""
	}
	for i := range t.Rows {
		for _, column := range keys(t.Rows[i].Parts) {
			if len(different[column]) > len(different[most]) {
				most = column
			}
		}
	}
	if len(different[most]) < least {
		return ""
	}
	return most
}

// subject tells which workload a row is about, as far as the row itself says,
// by its key or by its part in the naming column, and gives its other parts.
func (r reader) subject(row *record.Row, naming string) (Entry, []record.Part) {
	e := Entry{Names: slices.Clone(row.Keys), Follows: row.Follows, Line: row.Line}
	rest := slices.Clone(row.Parts)
	for _, key := range row.Keys {
		if e.Workload == "" && naming == "" {
			e.Workload = r.workload(key)
		}
	}
	for i, column := range keys(rest) {
		p := rest[i]
		id := r.workload(p.Text)
		// Beside a key the name may stand, too, in a field that is called so.
		beside := e.Workload != "" && id == e.Workload && has(Words(p.Name), titles) && r.role(p) == none && len(Words(p.Text)) <= longestName
		if column != naming && !beside {
			continue
		}
		if e.Workload == "" {
			e.Workload = id
		}
		e.Names = append(e.Names, p.Text)
		if p.Also != "" {
			e.Names = append(e.Names, p.Also)
			if e.Workload == "" {
				e.Workload = r.workload(p.Also)
			}
		}
		rest = slices.Delete(rest, i, i+1)
		break
	}
	return e, rest
}

// identify finds the workloads of the rows that do not name one: by the texts
// that stand under the same keys elsewhere, then by their places.
func (r reader) identify(entries []Entry, parts [][]record.Part, labels []record.Row) {
	known := 0
	for i := range entries {
		e := &entries[i]
		for _, l := range labels {
			if !slices.ContainsFunc(l.Keys, func(k string) bool { return slices.Contains(e.Names, k) }) {
				continue
			}
			for _, p := range l.Parts {
				id := r.workload(p.Text)
				own := slices.ContainsFunc(parts[i], func(own record.Part) bool { return own.Text == p.Text })
				if own || len(Words(p.Text)) > longestName+3 || factor.MatchString(p.Text) || id == "" && r.strategy(p.Text) != "" || id != "" && e.Workload != "" && id != e.Workload {
					continue
				}
				e.Names = append(e.Names, p.Text)
				if e.Workload == "" {
					e.Workload = id
				}
			}
		}
		if e.Workload != "" {
			known++
		}
	}
	if len(entries) != len(r.Workloads) || known == 0 && !slices.ContainsFunc(parts, func(p []record.Part) bool {
		return slices.ContainsFunc(p, func(p record.Part) bool { return r.strategy(p.Text) != "" })
	}) {
		return
	}
	for i := range entries {
		if e := &entries[i]; e.Workload != "" && e.Workload != r.Workloads[i].ID {
			return // they do not stand in the lesson's order
		}
	}
	for i := range entries {
		entries[i].Workload = r.Workloads[i].ID
	}
}

// titles are what a field with a workload's name is called.
var titles = []spec.Pattern{{{"workload*"}}, {{"title"}}, {{"name"}}, {{"label"}}, {{"kind"}}, {{"type"}}, {{"category"}}, {{"task"}}}

// role is what a part of an entry is.
type role int

const (
	none role = iota
	strategy
	reasoning
	speedup
)

// role tells a part by its field's name. What the name begins with counts:
// expected_speedup_reason is a reason only where nothing else is known.
func (r reader) role(p record.Part) role {
	words := Words(p.Name)
	found, most := none, match{}
	for _, k := range []struct {
		role     role
		patterns []spec.Pattern
	}{{speedup, r.Speedup}, {strategy, r.Strategy}, {reasoning, r.Reasoning}} {
		for _, pattern := range k.patterns {
			if m, ok := find(words, pattern); ok && (found == none || m.better(most)) {
				found, most = k.role, m
			}
		}
	}
	return found
}

// shape tells an unnamed part by what it looks like, and by what the entry
// still lacks.
func (r reader) shape(e *Entry, p record.Part) role {
	switch n := len(Words(p.Text)); {
	case len(e.Texts) == 0 && n <= longestName && r.strategy(p.Text) != "":
		return strategy
	case e.Reasoning == "" && n > 2:
		return reasoning
	case len(e.Texts) == 0 && n <= longestName:
		return strategy
	}
	return none
}

// estimate gives the index of the unnamed part that is most likely the
// expected speedup, -1 for none: a number, a factor, the last short text that
// names a figure, the last of three.
func estimate(parts []record.Part) int {
	best, found := 0, -1
	for i, p := range parts {
		words := Words(p.Text)
		rank := 0
		switch {
		case p.Number:
			rank = 4
		case len(words) <= longestName && factor.MatchString(dashes.Replace(strings.ToLower(p.Text))):
			rank = 3
		case len(words) <= longestName/2 && len(Figures(p.Text)) > 0:
			rank = 2
		case i >= 2 && i == len(parts)-1:
			rank = 1
		}
		if rank > 0 && rank >= best {
			best, found = rank, i
		}
	}
	return found
}

// take fills a part into the entry, false where it has no room for it.
func (r reader) take(e *Entry, p record.Part, as role) bool {
	switch {
	case as == strategy && len(e.Texts) == 0:
		e.Texts = append(e.Texts, p.Text)
		if p.Also != "" {
			e.Texts = append(e.Texts, p.Also)
		}
		for _, text := range e.Texts {
			if e.Strategy == "" {
				e.Strategy = r.strategy(text)
			}
		}
	case as == reasoning:
		e.Reasons = append(e.Reasons, p.Text)
		e.Reasoning = strings.Join(e.Reasons, "; ")
	case as == speedup && !e.HasSpeedup:
		e.Speedup, e.Figures, e.HasSpeedup = p.Text, Figures(p.Text), true
	default:
		return false
	}
	return true
}

// alike is the share of their words in common (Jaccard's index) from which on
// two reasons are the same one.
const alike = 0.75

// Alike says whether two reasons are the same, but for single words.
func Alike(a, b string) bool {
	x, y := map[string]bool{}, map[string]bool{}
	for _, w := range Words(a) {
		x[w] = true
	}
	for _, w := range Words(b) {
		y[w] = true
	}
	common := 0
	for w := range x {
		if y[w] {
			common++
		}
	}
	all := len(x) + len(y) - common
	return all > 0 && float64(common) >= alike*float64(all)
}
