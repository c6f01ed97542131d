package record

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
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
	Sample     [][]int64   `json:"sample,omitempty"`
	Core       []int64     `json:"core,omitempty"`
	Died       *int        `json:"died,omitempty"`
	Peak       int64       `json:"peak_kb,omitempty"` // of the task that died
	Call       *Call       `json:"call,omitempty"`
	Request    *Request    `json:"request,omitempty"`
	End        *Outcome    `json:"end,omitempty"`
}

// maxLine bounds a line when a record is read: the header with its spec and
// an outcome with its output are the longest.
const maxLine = 16 << 20

// Write writes records as JSON lines, in time order, one after the other.
func Write(w io.Writer, records ...*Record) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	var lines []line
	for _, r := range records {
		lines = append(lines, line{Header: &r.Header}, line{Host: &r.Host}, line{Python: &r.Python}, line{Submission: &r.Submission})
		if len(r.Measured) > 0 {
			lines = append(lines, line{Measured: r.Measured})
		}
		for i := range r.Runs {
			lines = append(lines, runLines(&r.Runs[i])...)
		}
	}
	for _, l := range lines {
		if err := enc.Encode(l); err != nil {
			return fmt.Errorf("write the record: %w", err)
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

// Read reads the records that Write wrote, at least one, gzipped or not. Its
// errors name the line.
func Read(r io.Reader) ([]*Record, error) {
	in := bufio.NewReader(r)
	r = in
	if magic, err := in.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b { // RFC 1952
		zip, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("the record is no whole gzip file: %w", err)
		}
		r = zip
	}
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 0, 64<<10), maxLine)
	var records []*Record
	n := 0
	for scan.Scan() {
		n++
		if len(bytes.TrimSpace(scan.Bytes())) == 0 {
			continue
		}
		if n == 1 && !bytes.HasPrefix(scan.Bytes(), []byte(`{"header"`)) {
			return nil, errors.New("line 1: this is not a record: it has no header; `gilcourse check --record FILE` writes one")
		}
		var l line
		dec := json.NewDecoder(bytes.NewReader(scan.Bytes()))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&l); err != nil {
			return nil, fmt.Errorf("line %d: not a line of a record: %w", n, err)
		}
		if l.Header != nil {
			records = append(records, &Record{})
		}
		if len(records) == 0 {
			return nil, fmt.Errorf("line %d: this is not a record: it has no header; `gilcourse check --record FILE` writes one", n)
		}
		if err := records[len(records)-1].add(l); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	if len(records) == 0 {
		return nil, errors.New("the record is empty")
	}
	for _, rec := range records {
		for _, run := range rec.Runs {
			if run.End == nil {
				return nil, fmt.Errorf("the record was cut off: run %d has no end", run.ID)
			}
		}
	}
	return records, nil
}

func (r *Record) add(l line) error {
	var run *Run
	if len(r.Runs) > 0 {
		run = &r.Runs[len(r.Runs)-1]
	}
	switch {
	case l.Header != nil:
		if l.Header.Version != Version {
			return fmt.Errorf("the record has version %d, this gilcourse reads version %d; judge it with the gilcourse that wrote it (%s)",
				l.Header.Version, Version, l.Header.Gilcourse)
		}
		r.Header = *l.Header
	case l.Host != nil:
		r.Host = *l.Host
	case l.Python != nil:
		r.Python = *l.Python
	case l.Submission != nil:
		r.Submission = *l.Submission
	case l.Measured != nil:
		r.Measured = l.Measured
	case l.Run != nil:
		r.Runs = append(r.Runs, *l.Run)
	case run == nil || run.End != nil:
		return errors.New("an event outside a run")
	case l.Task != nil:
		if l.Task.ID != len(run.Tasks) {
			return fmt.Errorf("task %d out of order", l.Task.ID)
		}
		run.Tasks = append(run.Tasks, *l.Task)
	case l.Call != nil:
		if err := l.Call.valid(); err != nil {
			return err
		}
		run.Calls = append(run.Calls, *l.Call)
	case l.Request != nil:
		run.Requests = append(run.Requests, *l.Request)
	case l.End != nil:
		run.End = l.End
	case l.T == nil:
		return errors.New("an event without a time")
	case l.Died != nil:
		if *l.Died < 0 || *l.Died >= len(run.Tasks) {
			return fmt.Errorf("unknown task %d", *l.Died)
		}
		run.Tasks[*l.Died].Died, run.Tasks[*l.Died].PeakKB = *l.T, l.Peak
	case len(l.Core) == 3:
		run.Cores = append(run.Cores, Core{*l.T, l.Core[0], l.Core[1], l.Core[2]})
	default:
		for _, row := range l.Sample {
			if err := run.addRow(*l.T, row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Run) addRow(t int64, row []int64) error {
	if len(row) == 0 || len(row) > 6 || row[0] < 0 || row[0] >= int64(len(r.Tasks)) {
		return fmt.Errorf("sample %v is of no known task", row)
	}
	var d [6]int64
	copy(d[:], row)
	task := &r.Tasks[row[0]]
	p := task.Last()
	task.Points = append(task.Points, Point{T: t, CPU: p.CPU + d[1], Wait: p.Wait + d[2], Slices: p.Slices + d[3],
		Voluntary: p.Voluntary + d[4], Involuntary: p.Involuntary + d[5]})
	return nil
}
