package cohort

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// OpenBook opens the gradebook of a name, see gradebook.Open. A folder of results
// that an older gilcourse made is taken over: the gradebook is made in it, and
// what was there stays as it is.
func OpenBook(ctx context.Context, name string, make bool) (*gradebook.Book, error) {
	file := gradebook.File(name)
	_, missing := os.Stat(file)
	fresh := file != "" && errors.Is(missing, fs.ErrNotExist)
	old := fresh && isOld(filepath.Dir(file)) && filepath.Base(file) == gradebook.FileName
	book, err := gradebook.Open(ctx, name, make || old)
	if err != nil || !old {
		return book, err
	}
	if err := takeOver(ctx, book, filepath.Dir(file)); err != nil {
		book.Close()
		for _, f := range book.Files() { // so that the next one takes all of it over
			os.Remove(f)
		}
		return nil, &gradebook.Unusable{Name: safetext.Name(name), Err: err}
	}
	return book, nil
}

// oldResults is the file in a folder of results that older versions wrote.
const oldResults = "results.json"

func isOld(folder string) bool {
	info, err := os.Stat(filepath.Join(folder, oldResults))
	return err == nil && info.Mode().IsRegular()
}

// oldEntry is a submission in such a file.
type oldEntry struct {
	Challenge string            `json:"challenge"`
	Learner   string            `json:"learner"`
	Path      string            `json:"path"`
	Records   map[string]string `json:"records"` // keys by the ids of challenges
	Missing   []string          `json:"missing"`
	Verdict   verdict.Verdict   `json:"verdict"`
	Score     float64           `json:"score"`
	Refused   string            `json:"refused"`
	Error     string            `json:"error"`
}

// takeOver reads an old folder of results into a gradebook: records, verdicts, and
// who handed what in, all or nothing.
func takeOver(ctx context.Context, book *gradebook.Book, folder string) error {
	data, err := os.ReadFile(filepath.Join(folder, oldResults))
	if err != nil {
		return err
	}
	var held struct {
		Version     int        `json:"version"`
		Submissions []oldEntry `json:"submissions"`
	}
	if err := json.Unmarshal(data, &held); err != nil {
		return fmt.Errorf("%s: %w", oldResults, err)
	}
	if held.Version != 1 {
		return fmt.Errorf("%s has version %d; this gilcourse reads version 1", oldResults, held.Version)
	}
	return book.Do(ctx, func(tx *gradebook.Tx) error {
		specs, err := oldRecords(tx, filepath.Join(folder, "records"))
		if err != nil {
			return err
		}
		judged, err := oldVerdicts(tx, filepath.Join(folder, "verdicts"), specs)
		if err != nil {
			return err
		}
		for _, e := range held.Submissions {
			if err := e.keep(tx, judged); err != nil {
				return err
			}
		}
		return nil
	})
}

// oldRecords takes records over. It gives the digests of the specs that stand in
// them by their first eight figures: the names of verdicts have no more.
func oldRecords(tx *gradebook.Tx, folder string) (specs map[string]string, err error) {
	specs = map[string]string{}
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl.gz"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		r := gradebook.Record{Key: strings.TrimSuffix(filepath.Base(file), ".jsonl.gz"), Data: data}
		if h := header(data); h != nil { // else it is broken, and stays so
			r.Challenge, r.Build, r.Made = h.Challenge, h.Gilcourse, h.Started
			sum := gradebook.Digest(h.Spec)
			specs[sum[:8]] = sum
		}
		if err := tx.KeepRecord(r); err != nil {
			return nil, err
		}
	}
	return specs, nil
}

// header reads the first line of a gzipped record; nil where there is none.
func header(data []byte) *record.Header {
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	line, err := bufio.NewReader(zip).ReadBytes('\n')
	var first struct {
		Header *record.Header `json:"header"`
	}
	if err != nil || json.Unmarshal(line, &first) != nil {
		return nil
	}
	return first.Header
}

// oldVerdicts takes verdicts over, and gives them by the key of their record.
func oldVerdicts(tx *gradebook.Tx, folder string, specs map[string]string) (map[string][]gradebook.Verdict, error) {
	all := map[string][]gradebook.Verdict{}
	files, err := filepath.Glob(filepath.Join(folder, "*.cbor"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		key, short, ok := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".cbor"), "-")
		var r verdict.Result
		if !ok || cbor.Unmarshal(data, &r) != nil {
			continue // its record is judged again
		}
		v := gradebook.Verdict{Key: key, Spec: short, Verdict: string(r.Verdict), Score: r.Score, Most: r.MaxScore}
		if full := specs[short]; full != "" {
			v.Spec = full
		}
		if v.Data, err = gradebook.Pack(data); err != nil {
			return nil, err
		}
		if err := tx.KeepVerdict(v); err != nil {
			return nil, err
		}
		all[key] = append(all[key], v)
	}
	return all, nil
}

// keep keeps an old entry as an attempt. What it got in all is known, not for which
// challenge and by which spec: that is as its verdicts say, and what they leave is
// the first challenge's.
func (e oldEntry) keep(tx *gradebook.Tx, judged map[string][]gradebook.Verdict) error {
	a := gradebook.Attempt{Course: e.Challenge, Path: e.Path, Learner: e.Learner, Refused: e.Refused, Error: e.Error}
	if err := tx.KeepAttempt(&a); err != nil {
		return err
	}
	left := e.Score
	var grades []gradebook.Grade
	for _, id := range slices.Sorted(maps.Keys(e.Records)) {
		g := gradebook.Grade{Challenge: id, Key: e.Records[id], Verdict: string(e.Verdict)}
		for _, v := range judged[g.Key] {
			if g.Spec == "" || v.Verdict == string(e.Verdict) && v.Score == e.Score {
				g.Spec, g.Verdict, g.Score, g.Most = v.Spec, v.Verdict, v.Score, v.Most
			}
		}
		left -= g.Score
		grades = append(grades, g)
	}
	if len(grades) > 0 && left != 0 {
		grades[0].Score, grades[0].Verdict, grades[0].Spec = grades[0].Score+left, string(e.Verdict), ""
	}
	for _, id := range e.Missing {
		grades = append(grades, gradebook.Grade{Challenge: id, Verdict: gradebook.Missing})
	}
	for _, g := range grades {
		if err := tx.KeepGrade(a.ID, g); err != nil {
			return err
		}
	}
	return nil
}
