package advice

import (
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
	Reasoning  string
	Speedup    string
	Figures    []Figure
	HasSpeedup bool
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

// ReadMatrix finds the decision matrix among the tables: the one with the most
// workloads whose entries are complete, then with the most workloads, then the
// one that something reads, then the first. It is nil where none names enough
// workloads.
func ReadMatrix(a *spec.Analysis, tables []record.Table) *Matrix {
	r := reader{a}
	var found *Matrix
	best := []int{0, 0, 0}
	for i := range tables {
		m := r.matrix(&tables[i])
		complete, used := 0, 0
		for k := range m.Entries {
			if m.Entries[k].Complete() {
				complete++
			}
		}
		if tables[i].Used {
			used = 1
		}
		if score := []int{complete, len(m.Entries), used}; len(m.Entries) >= least && slices.Compare(score, best) > 0 {
			found, best = m, score
		}
	}
	return found
}

func (r reader) matrix(t *record.Table) *Matrix {
	m := &Matrix{Table: t}
	for i := range t.Rows {
		if e, ok := r.entry(&t.Rows[i]); ok && m.Entry(e.Workload) == nil {
			m.Entries = append(m.Entries, e)
		}
	}
	return m
}

// longestName is the most words that a name has: a longer text is a reason.
const longestName = 9

func (r reader) entry(row *record.Row) (Entry, bool) {
	e := Entry{Names: slices.Clone(row.Keys)}
	rest := slices.Clone(row.Parts)
	for _, key := range row.Keys {
		if e.Workload == "" {
			e.Workload = r.workload(key)
		}
	}
	// In a sequence, and in an Enum, a part names the workload. Beside a key it
	// may stand, too, in a field that is called so.
	for i, p := range rest {
		id := r.workload(p.Text)
		if e.Workload != "" && (id != e.Workload || !has(Words(p.Name), titles)) {
			continue
		}
		if id != "" && !p.Number && len(Words(p.Text)) <= longestName && r.role(p) == none {
			e.Workload = id
			e.Names = append(e.Names, p.Text)
			if p.Also != "" {
				e.Names = append(e.Names, p.Also)
			}
			rest = slices.Delete(rest, i, i+1)
			break
		}
	}
	if e.Workload == "" {
		return e, false
	}
	rest = slices.DeleteFunc(rest, func(p record.Part) bool { return r.take(&e, p, r.role(p)) })
	if i := estimate(rest); i >= 0 && r.take(&e, rest[i], speedup) {
		rest = slices.Delete(rest, i, i+1)
	}
	for _, p := range rest {
		r.take(&e, p, r.shape(&e, p))
	}
	return e, true
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
		e.Reasoning = strings.TrimPrefix(e.Reasoning+"; "+p.Text, "; ")
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
