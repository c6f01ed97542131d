package observe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/gilcourse/gilcourse/grader/bootcache"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
)

// readReference copies and surveys the reference, where there is one.
func (ob *observation) readReference(ctx context.Context) error {
	if ob.Solution == nil {
		return nil
	}
	names, err := folderFiles(ob.Solution, false)
	if err != nil {
		return fmt.Errorf("read the reference: %w", err)
	}
	ref := &program{whose: record.Reference, script: ob.Challenge.Deliverable, dir: filepath.Join(ob.scratch.Dir, "reference")}
	if err := copyFiles(ob.Solution, names, ref.dir); err != nil {
		return fmt.Errorf("copy the reference: %w", err)
	}
	key, err := ob.surveyKey(names)
	if err != nil {
		return fmt.Errorf("read the reference: %w", err)
	}
	if !bootcache.Load(surveyFact, key, &ref.survey) {
		if ref.survey, err = ob.interp.Survey(ctx, ref.dir, ref.script, ob.Challenge.Size.Lesson); err != nil {
			return err
		}
		bootcache.Store(surveyFact, key, ref.survey)
	}
	ob.reference = ref
	return nil
}

// surveyFact is what the survey of a reference is remembered as.
const surveyFact = "survey"

// surveyKey is all that decides what a survey of the reference says.
type surveyKey struct {
	Python   bootcache.File
	Programs string // that read the source, and the source: hashes
	Source   string
	Script   string
	Lesson   int64
}

func (ob *observation) surveyKey(names []string) (surveyKey, error) {
	sum := sha256.New()
	for _, name := range names {
		data, err := readFile(ob.Solution, name)
		if err != nil {
			return surveyKey{}, err
		}
		fmt.Fprintf(sum, "%q %x\n", name, sha256.Sum256(data))
	}
	return surveyKey{bootcache.FileAt(ob.interp.Path), python.Digest(), hex.EncodeToString(sum.Sum(nil)), ob.Challenge.Deliverable, ob.Challenge.Size.Lesson}, nil
}

// readLearner copies and surveys the submission; there is no program where its
// source has an error.
func (ob *observation) readLearner(ctx context.Context) error {
	folder, script := filepath.Split(ob.File)
	if folder == "" {
		folder = "."
	}
	root, err := os.OpenRoot(folder) // no link leads out of it
	if err != nil {
		return &Unreadable{err}
	}
	defer root.Close()
	data, err := readFile(root.FS(), script)
	if err != nil {
		return &Unreadable{err}
	}
	ob.say("reading "+script, 0, 0)
	survey, err := ob.interp.Survey(ctx, absolute(folder), script, ob.Challenge.Size.Lesson, ob.Challenge.Functions()...)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	ob.rec.Python = survey.Python
	ob.rec.Submission = record.Submission{File: script, SHA256: hex.EncodeToString(sum[:]), Source: survey.Source}
	if survey.Source.Error != nil {
		return nil
	}
	// In the system's temporary folder, where the lesson puts things, most is
	// not the learner's.
	more, err := ob.kind.files(root.FS(), sameFile(folder, os.TempDir()))
	if err != nil {
		return &Unreadable{err}
	}
	files := slices.Concat(survey.Files, more)
	slices.Sort(files)
	files = slices.Compact(files)
	ob.learner = &program{whose: record.Learner, script: script, dir: filepath.Join(ob.scratch.Dir, "submission"), survey: survey}
	if err := copyFiles(root.FS(), files, ob.learner.dir); err != nil {
		return &Unreadable{err}
	}
	return nil
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}
