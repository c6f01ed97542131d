package report

import (
	"fmt"
	"io"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/measure"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

var measuredFormats = format.Table[*verdict.Result]{
	{Name: "text", Write: writeMeasuredText},
	{Name: "json", Write: func(w io.Writer, r *verdict.Result, _ Options) error { return writeMeasuredJSON(w, r) }},
}

// MeasuredFormats names the formats that WriteMeasured knows.
func MeasuredFormats() []string { return measuredFormats.Names() }

// WriteMeasured writes what `gilcourse measure` found, in a format.
func WriteMeasured(w io.Writer, name string, r *verdict.Result, o Options) error {
	return measuredFormats.Write(w, name, oneline(r), o)
}

func writeMeasuredText(w io.Writer, r *verdict.Result, o Options) error {
	t := newText(w, o)
	table := measure.Tabulate(r)
	fmt.Fprintf(t, "%s\n", t.bold("What each strategy gives on this machine"))
	fmt.Fprintln(t, t.dim(fmt.Sprintf("%s %s, %s", r.Python.Implementation, r.Python.Version, machine(r))))
	fmt.Fprintln(t)
	t.figures(table, "speedup", func(a verdict.Approach) string { return fmt.Sprintf("%.1fx", a.Speedup.Value) })
	fmt.Fprintln(t)
	t.figures(table, "at once", func(a verdict.Approach) string {
		switch {
		case a.InFlight > 0 && a.Parallelism > 0:
			return fmt.Sprintf("%.0f waits, %.1f cores", a.InFlight, a.Parallelism)
		case a.InFlight > 0:
			return fmt.Sprintf("%.0f waits", a.InFlight)
		case a.Parallelism > 0:
			return fmt.Sprintf("%.1f cores", a.Parallelism)
		}
		if !r.Host.Scheduler {
			return "-"
		}
		return "1.0 cores" // the main thread alone
	})
	fmt.Fprintln(t)
	t.dimmed("  ", "speedup: the time of the same work done one step after the other over the strategy's, start-up included, with 4 workers, "+
		"8 for I/O in threads and processes. at once: how many cores were wanted, busy machine or not, and how many requests were under way. "+
		"The strategy hybrid: asyncio for the waiting, processes for the computing. GPU-bound work is not run: it takes a GPU, and while that "+
		"computes, a thread waits without the GIL.")
	for _, n := range r.Notes {
		fmt.Fprintln(t)
		t.paragraph("  ", "  ", n)
	}
	return t.Flush()
}

// figures writes one figure of all that was measured.
func (t text) figures(m measure.Table, name string, figure func(verdict.Approach) string) {
	rows := [][]string{append([]string{name}, m.Strategies...)}
	for _, workload := range m.Workloads {
		row := []string{workload}
		for _, strategy := range m.Strategies {
			cell := "-"
			if a, ok := m.At(workload, strategy); ok {
				cell = figure(a)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	t.rows(rows, 1)
}

type jsonMeasured struct {
	Version  int            `json:"version"`
	Host     *record.Host   `json:"host"`
	Python   *record.Python `json:"python"`
	Seed     uint64         `json:"seed"`
	Measured []jsonCell     `json:"measured"`
}

type jsonCell struct {
	Workload string `json:"workload"`
	Strategy string `json:"strategy"`
	approachRow
}

func writeMeasuredJSON(w io.Writer, r *verdict.Result) error {
	out := jsonMeasured{Version: jsonVersion, Host: &r.Host, Python: &r.Python, Seed: r.Seed}
	for _, a := range r.Approaches {
		out.Measured = append(out.Measured, jsonCell{a.Workload, a.Strategy, newApproachRow(a)})
	}
	return safetext.WriteJSON(w, out)
}
