package record

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// line is one line of a record: exactly one of its fields is set.
//
// Samples are the bulk of a record, so they are rows of numbers: each row of
// Sample is [task, ΔCPU, Δwait, Δslices, Δvoluntary, Δinvoluntary] since that
// task's previous row, with zeros at the end left out, and Core is [busy,
// idle, steal] since the run's start. All times are µs.
type line struct {
	Header     *Header     `json:"header,omitempty"`
	Host       *Host       `json:"host,omitempty"`
	Python     *Python     `json:"python,omitempty"`
	Submission *Submission `json:"submission,omitempty"`
	Measured   []Cell      `json:"measured,omitempty"`
	Run        *Run        `json:"run,omitempty"`
	Task       *Task       `json:"task,omitempty"`
	T          *int64      `json:"t,omitempty"`
	Sample     [][]int64   `json:"sample,omitempty" bounds:"-1e13,1e13"`
	Core       []int64     `json:"core,omitempty"`
	Died       *int        `json:"died,omitempty"`
	Peak       int64       `json:"peak_kb,omitempty"` // of the task that died
	Call       *Call       `json:"call,omitempty"`
	Request    *Request    `json:"request,omitempty"`
	End        *Outcome    `json:"end,omitempty"`
}

// Write writes records as JSON lines, in time order, one after the other. They
// name no folder of this machine's user: see places.go.
func Write(w io.Writer, records ...*Record) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, r := range records {
		lines := []line{{Header: &r.Header}, {Host: &r.Host}, {Python: &r.Python}, {Submission: &r.Submission}}
		if len(r.Measured) > 0 {
			lines = append(lines, line{Measured: r.Measured})
		}
		for i := range r.Runs {
			lines = append(lines, runLines(&r.Runs[i])...)
		}
		folders := placesOf(r.Python, true)
		for _, l := range lines {
			l, err := folders.hidden(l)
			if err == nil {
				err = enc.Encode(l)
			}
			if err != nil {
				return fmt.Errorf("write the record: %w", err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the record: %w", err)
	}
	return nil
}

func runLines(run *Run) []line {
	type event struct {
		t    int64
		rank int // births, then samples, ends and calls of one instant
		line line
	}
	var events []event
	rows := map[int64][][]int64{}
	for i := range run.Tasks {
		task := &run.Tasks[i]
		events = append(events, event{task.Born, 0, line{Task: task}})
		events = append(events, event{task.Died, 2, line{T: &task.Died, Died: &task.ID, Peak: task.PeakKB}})
		var last Point
		for _, p := range task.Points {
			row := []int64{int64(task.ID), p.CPU - last.CPU, p.Wait - last.Wait, p.Slices - last.Slices,
				p.Voluntary - last.Voluntary, p.Involuntary - last.Involuntary}
			for len(row) > 1 && row[len(row)-1] == 0 {
				row = row[:len(row)-1]
			}
			rows[p.T] = append(rows[p.T], row)
			last = p
		}
	}
	for t, sample := range rows {
		events = append(events, event{t, 1, line{T: &t, Sample: sample}})
	}
	for _, c := range run.Cores {
		events = append(events, event{c.T, 1, line{T: &c.T, Core: []int64{c.Busy, c.Idle, c.Steal}}})
	}
	for i := range run.Calls {
		events = append(events, event{run.Calls[i].End, 3, line{Call: &run.Calls[i]}})
	}
	for i := range run.Requests {
		events = append(events, event{run.Requests[i].Begin, 3, line{Request: &run.Requests[i]}})
	}
	slices.SortStableFunc(events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.rank, b.rank), cmp.Compare(len(a.line.Core), len(b.line.Core)))
	})
	lines := []line{{Run: run}}
	for _, e := range events {
		lines = append(lines, e.line)
	}
	return append(lines, line{End: run.End})
}
