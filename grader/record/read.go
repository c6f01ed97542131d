package record

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
)

// What a record may hold at most. A real one has some 3,000 lines and 300 KiB;
// these leave room for a thousand times that, and end what would fill a memory.
const (
	mostLine     = 16 << 20  // bytes of a line: the header with its spec, an outcome with its output
	mostText     = 256 << 20 // bytes in all, unpacked
	mostRecords  = 1_000
	mostRuns     = 2_000       // of a record
	mostTasks    = 20_000      // of a run
	mostPoints   = 5_000_000   // of all tasks of a record, and of its cores
	mostLooks    = 200_000_000 // at a task of a run, between its first sample and its last, whether it moved or not
	mostCalls    = 5_000       // of a run
	mostRequests = 200_000     // of a run
)

// reader reads records line by line.
type reader struct {
	records []*Record
	line    int     // the number of the line that was read last
	points  int     // that the last record holds so far
	work    float64 // that its calls make, see Call.work
	looks   int     // at all tasks of the last run
	instant int     // of the last run's samples, counted
	seen    []int   // the instant of each task's last sample
	folders places  // that are not named
}

const noHeader = "this is not a record: it has no header; `gilcourse check --record FILE` writes one"

// Read reads the records that Write wrote, at least one, gzipped or not. Its
// errors name the line, and the field in it. Folders of whoever made an older
// record are not named, see places.go. What is more than any record holds
// is refused before it is read to its end.
func Read(r io.Reader) ([]*Record, error) {
	text, err := unpacked(r)
	if err != nil {
		return nil, err
	}
	limited := &io.LimitedReader{R: text, N: mostText}
	scan := bufio.NewScanner(limited)
	scan.Buffer(make([]byte, 0, 64<<10), mostLine)
	var in reader
	for scan.Scan() {
		in.line++
		if err := in.read(scan.Bytes()); err != nil {
			if !scan.Scan() && errors.Is(scan.Err(), io.ErrUnexpectedEOF) { // it was the half of a line
				return nil, fmt.Errorf("the gzip file was cut off in line %d", in.line)
			}
			return nil, fmt.Errorf("line %d: %w", in.line, err)
		}
	}
	switch err := scan.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d is longer than %d MiB: no record has such a line", in.line+1, mostLine>>20)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("the gzip file was cut off in line %d", in.line)
	case err != nil:
		return nil, fmt.Errorf("line %d: %w", in.line+1, err)
	case limited.N <= 0:
		return nil, fmt.Errorf("the record is longer than %d MiB: no record is", mostText>>20)
	}
	return in.records, in.whole()
}

// ReadFile reads the records in a file. A folder, a named pipe or a device, which
// might never end, is none.
func ReadFile(name string) ([]*Record, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, why(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("it is %s, not a file with a record", kind(info.Mode()))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, why(err)
	}
	defer f.Close()
	return Read(f)
}

// why leaves the name out, which the caller knows.
func why(err error) error {
	if path := new(fs.PathError); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// kind names what is no regular file.
func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// unpacked gives a record's text.
func unpacked(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	if magic, err := in.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b { // RFC 1952
		return in, nil
	}
	zip, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("the record is no whole gzip file: %w", err)
	}
	return zip, nil
}

// read takes one line up.
func (in *reader) read(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	if len(in.records) == 0 && !bytes.HasPrefix(text, []byte(`{"header"`)) {
		return errors.New(noHeader)
	}
	var l line
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return fmt.Errorf("not a line of a record: %w", plainly(err))
	}
	if err := boundedFields("", reflect.ValueOf(&l).Elem()); err != nil {
		return err
	}
	if l.Header != nil {
		in.records, in.points, in.work = append(in.records, &Record{}), 0, 0
	}
	if l.Header != nil {
		in.folders = general
	} else if l.Python != nil {
		in.folders = placesOf(*l.Python, false)
	}
	if l.Sample == nil && l.Core == nil {
		in.folders.hide(reflect.ValueOf(&l).Elem())
	}
	if l.Run != nil {
		in.looks, in.instant, in.seen = 0, 0, nil
	}
	in.look(l.Sample)
	switch {
	case len(in.records) == 0:
		return errors.New(noHeader)
	case len(in.records) > mostRecords:
		return fmt.Errorf("more than %d records", mostRecords)
	case in.looks > mostLooks:
		return errors.New("more tasks for a longer time than any run has")
	case in.points > mostPoints:
		return fmt.Errorf("more than %d samples in one record", mostPoints)
	}
	if err := in.records[len(in.records)-1].add(l); err != nil || l.Call == nil {
		return err
	}
	if in.work += l.Call.work(); in.work > mostWorkInAll {
		return fmt.Errorf("the calls up to this one, %s, were passed more than those of any check are", brief(l.Call.ID))
	}
	return nil
}

// look counts samples, and what it takes to add up those of many tasks: at each
// instant each of them counts that was seen before and will be seen again.
func (in *reader) look(sample [][]int64) {
	in.points += len(sample)
	in.instant++
	for _, row := range sample {
		if len(row) == 0 || row[0] < 0 || row[0] >= mostTasks {
			continue // addRow refuses it
		}
		for int64(len(in.seen)) <= row[0] {
			in.seen = append(in.seen, 0)
		}
		if last := in.seen[row[0]]; last > 0 {
			in.looks += in.instant - last
		}
		in.seen[row[0]] = in.instant
	}
}

// plainly says what is wrong with a line of JSON without words of Go.
func plainly(err error) error {
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return fmt.Errorf("%s is a %s, which does not fit there", wrong.Field, wrong.Value)
	}
	return err
}

// whole says whether anything is missing at the end.
func (in *reader) whole() error {
	if len(in.records) == 0 {
		return errors.New("the record is empty")
	}
	for _, rec := range in.records {
		for _, run := range rec.Runs {
			if run.End == nil {
				return fmt.Errorf("the record was cut off: run %d has no end", run.ID)
			}
		}
	}
	return nil
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
		if len(r.Runs) >= mostRuns {
			return fmt.Errorf("more than %d runs", mostRuns)
		}
		r.Runs = append(r.Runs, *l.Run)
	case run == nil || run.End != nil:
		return errors.New("an event outside a run")
	default:
		return run.add(l)
	}
	return nil
}

// add takes an event of the run up.
func (r *Run) add(l line) error {
	switch {
	case l.Task != nil:
		if err := l.Task.valid(len(r.Tasks)); err != nil {
			return err
		}
		r.Tasks = append(r.Tasks, *l.Task)
	case l.Call != nil:
		if err := l.Call.valid(); err != nil {
			return err
		}
		if len(r.Calls) >= mostCalls {
			return fmt.Errorf("more than %d calls in one run", mostCalls)
		}
		r.Calls = append(r.Calls, *l.Call)
	case l.Request != nil:
		if l.Request.End < l.Request.Begin {
			return errors.New("request.end lies before request.begin")
		}
		if len(r.Requests) >= mostRequests {
			return fmt.Errorf("more than %d requests in one run", mostRequests)
		}
		r.Requests = append(r.Requests, *l.Request)
	case l.End != nil:
		r.End = l.End
	case l.T == nil:
		return errors.New("an event without a time")
	case l.Died != nil:
		if *l.Died < 0 || *l.Died >= len(r.Tasks) {
			return fmt.Errorf("unknown task %d", *l.Died)
		}
		if *l.T < r.Tasks[*l.Died].Born {
			return fmt.Errorf("task %d died before it was born", *l.Died)
		}
		r.Tasks[*l.Died].Died, r.Tasks[*l.Died].PeakKB = *l.T, l.Peak
	case len(l.Core) == 3:
		r.Cores = append(r.Cores, Core{*l.T, l.Core[0], l.Core[1], l.Core[2]})
	default:
		for _, row := range l.Sample {
			if err := r.addRow(*l.T, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// addRow takes one task's figures up, which are differences to those before.
func (r *Run) addRow(t int64, row []int64) error {
	if len(row) == 0 || len(row) > 6 || row[0] < 0 || row[0] >= int64(len(r.Tasks)) {
		return fmt.Errorf("sample %v is of no known task", row)
	}
	var d [6]int64
	copy(d[:], row)
	task := &r.Tasks[row[0]]
	p := task.Last()
	if len(task.Points) > 0 && t < p.T {
		return fmt.Errorf("t is %d, but task %d has a sample at %d already", t, row[0], p.T)
	}
	now := Point{T: t, CPU: p.CPU + d[1], Wait: p.Wait + d[2], Slices: p.Slices + d[3],
		Voluntary: p.Voluntary + d[4], Involuntary: p.Involuntary + d[5]}
	for i, n := range []int64{now.CPU, now.Wait, now.Slices, now.Voluntary, now.Involuntary} {
		if n < 0 || n > mostNumber {
			return fmt.Errorf("sample %v brings task %d's %s to %d, which does not lie between 0 and %v", row, row[0],
				[]string{"CPU time", "wait", "slices", "voluntary switches", "involuntary switches"}[i], n, mostNumber)
		}
	}
	task.Points = append(task.Points, now)
	return nil
}

// valid says whether the task may be the next of a run that has so many.
func (t *Task) valid(before int) error {
	if t.ID != before {
		return fmt.Errorf("task %d out of order", t.ID)
	}
	if before >= mostTasks {
		return fmt.Errorf("more than %d tasks in one run", mostTasks)
	}
	if _, err := cpuRanges(t.CPUs); err != nil {
		return fmt.Errorf("task.cpus: %w", err)
	}
	return nil
}
