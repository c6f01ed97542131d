package report

import (
	"fmt"
	"reflect"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// tables are the tables of a judged challenge, each a list of rows. A row's type
// is the table: `json` names the field for programs, `column` the heading for
// people, `format` (fmt's, "%v" by default) writes the cell; a field without a
// column is for programs alone. With `blank:"0"` a zero leaves the cell empty.
type tables struct {
	Phases   []phaseRow    `json:"phases,omitempty"`
	Compared []approachRow `json:"approaches,omitempty"`
	Advice   []adviceRow   `json:"advice,omitempty"`
}

// Table is a table for people.
type Table struct {
	Name  string     // phases, approaches or advice
	Rows  [][]string // the headings come first; all rows are as long as they are
	Left  int        // so many columns are aligned to the left, the others to the right
	First bool       // it stands with the timeline, before the checks
	Notes string     // what the headings mean, empty where they say it
}

// Tables lists the tables of a challenge that have rows: the phases of a script,
// the functions that were called, the strategies that were recommended.
func Tables(c *verdict.Result) []Table {
	rows := tablesOf(c)
	var all []Table
	for _, t := range []Table{
		{Name: "phases", Rows: cells(rows.Phases), Left: 1, First: true},
		{Name: "approaches", Rows: cells(rows.Compared), Left: 1, Notes: approachNotes},
		{Name: "advice", Rows: cells(rows.Advice), Left: 3, Notes: adviceNotes(c)},
	} {
		if t.Rows != nil {
			all = append(all, t)
		}
	}
	return all
}

func tablesOf(c *verdict.Result) tables {
	var t tables
	for _, p := range c.Phases {
		t.Phases = append(t.Phases, phaseRow{phaseName(p.Kind), p.Wall, p.CPU, p.Workers, p.Parallelism, p.HandOffs, p.Speedup, p.Ideal})
	}
	for _, a := range c.Approaches {
		t.Compared = append(t.Compared, newApproachRow(a))
	}
	for _, a := range c.Advice {
		t.Advice = append(t.Advice, adviceRow{a.Workload, strategy(a.Strategy), expected(a.Expected), a.Accepted, (*measured)(a.Measured), a.Best})
	}
	return t
}

// cells gives the headings and the cells of a table, nil for no rows.
func cells[T any](rows []T) [][]string {
	if len(rows) == 0 {
		return nil
	}
	var headings []string
	var columns []reflect.StructField
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if heading, ok := f.Tag.Lookup("column"); ok {
			headings, columns = append(headings, heading), append(columns, f)
		}
	}
	table := [][]string{headings}
	for _, row := range rows {
		line := make([]string, len(columns))
		for i, f := range columns {
			v := reflect.ValueOf(row).FieldByIndex(f.Index)
			if f.Tag.Get("blank") == "0" && v.IsZero() {
				continue
			}
			layout := f.Tag.Get("format")
			if layout == "" {
				layout = "%v"
			}
			line[i] = fmt.Sprintf(layout, v.Interface())
		}
		table = append(table, line)
	}
	return table
}

func phaseName(k phase.Kind) string {
	if k == phase.Main {
		return "sequential"
	}
	return string(k)
}

// phaseRow is a phase as it was seen.
type phaseRow struct {
	Kind        string  `json:"kind" column:"phase"`
	Wall        float64 `json:"wall_s" column:"wall" format:"%.2f s"`
	CPU         float64 `json:"cpu_s" column:"CPU" format:"%.2f s"`
	Workers     int     `json:"workers" column:"workers"`
	Parallelism float64 `json:"parallelism" column:"wanted a core" format:"%.1f"`
	HandOffs    float64 `json:"handoffs_per_cpu_s" column:"hand-offs" format:"%.0f/s"`
	Speedup     float64 `json:"speedup,omitempty" column:"speedup" format:"%.1fx" blank:"0"`
	Ideal       float64 `json:"speedup_on_four_idle_cores,omitempty" column:"on 4 idle cores" format:"%.1fx" blank:"0"`
}

// approachRow is a function that was called, without what does not apply.
type approachRow struct {
	Label       string  `json:"label" column:"approach"`
	Function    string  `json:"function,omitempty"`
	Wall        float64 `json:"wall_s" column:"time" format:"%.2f s" blank:"0"`
	Speedup     float64 `json:"speedup,omitempty" column:"speedup" format:"%.1fx" blank:"0"`
	SpeedupLo   float64 `json:"speedup_lo,omitempty"`
	SpeedupHi   float64 `json:"speedup_hi,omitempty"`
	Parallelism float64 `json:"parallelism,omitempty" column:"wanted" format:"%.1f" blank:"0"`
	InFlight    float64 `json:"in_flight,omitempty" column:"requests" format:"%.0f" blank:"0"`
	Workers     int     `json:"workers,omitempty" column:"workers" blank:"0"`
	Memory      float64 `json:"memory_mib,omitempty" column:"MiB" format:"%.0f" blank:"0"`
	Overhead    float64 `json:"overhead_us_per_task,omitempty" column:"µs/task" format:"%.0f" blank:"0"`
	Lines       int     `json:"lines,omitempty" column:"lines" blank:"0"`
}

const approachNotes = "speedup: over the same work one by one; wanted: workers that wanted a core at once; requests: under way at once; " +
	"MiB: of the largest worker process; µs/task: CPU time beside the task's own; lines: of your code."

func newApproachRow(a verdict.Approach) approachRow {
	row := approachRow{Label: a.Label, Function: a.Function, Wall: a.Wall, Speedup: a.Speedup.Value, Parallelism: a.Parallelism, InFlight: a.InFlight,
		Workers: a.Workers, Memory: a.Memory, Overhead: a.Overhead, Lines: a.Lines}
	if hi := finite(a.Speedup.Hi); hi != nil {
		row.SpeedupLo, row.SpeedupHi = a.Speedup.Lo, *hi
	}
	return row
}

// adviceRow is a recommendation beside what was measured, without that where it
// was not run.
type adviceRow struct {
	Workload string    `json:"workload" column:"workload"`
	Strategy strategy  `json:"strategy,omitempty" column:"your strategy"`
	Expected expected  `json:"expected,omitempty" column:"your figure"`
	Accepted bool      `json:"accepted"`
	Measured *measured `json:"measured,omitempty" column:"measured here"`
	Best     string    `json:"best,omitempty" column:"most here"`
}

// A strategy and an expected speedup, as a submission has them, are cut off where
// a column has no room for them.
type (
	strategy string
	expected string
)

func (s strategy) String() string { return short(string(s), 16) }
func (e expected) String() string { return short(string(e), 24) }

// short cuts a text off after so many characters.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// measured is what a strategy gave for a workload, nil where it was not run.
type measured record.Cell

func (m *measured) String() string {
	switch {
	case m == nil:
		return "not run"
	case m.InFlight > 0:
		return fmt.Sprintf("%.1fx (%.0f waits)", m.Speedup, m.InFlight)
	}
	return fmt.Sprintf("%.1fx", m.Speedup)
}

func adviceNotes(c *verdict.Result) string {
	if len(c.Advice) == 0 || c.Advice[0].Best == "" {
		return ""
	}
	return fmt.Sprintf("measured here: your strategy's speedup for the grader's own work of that kind, on %s, start-up included, with 4 workers (8 threads for "+
		"waiting); most here: the strategy that was clearly the fastest. `gilcourse measure` shows all.", machine(c))
}
