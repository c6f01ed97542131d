package cohort

import (
	"bytes"
	"context"
	"path/filepath"
	"sync"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/intake"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// show gives what was seen of a submission to whoever shows it.
func (g *grading) show(ctx context.Context, j *job) error {
	if g.Shows == nil {
		return nil
	}
	keys, files := map[string]string{}, map[string]string{}
	for i, p := range j.parts {
		keys[g.challenges[i].ID], files[g.challenges[i].ID] = p.key, p.file
	}
	return g.shows(ctx, g.submission(j), j.content, keys, files)
}

// shows gives a submission to whoever shows it, with the records under these keys
// and the files of this content, both by challenges.
func (g *grading) shows(ctx context.Context, s report.Submission, content string, keys, files map[string]string) error {
	seen := Seen{Submission: s}
	for _, r := range s.Report.Challenges {
		kept, found, err := g.Book.Record(ctx, keys[r.ID])
		if err != nil {
			return err
		}
		if records, err := record.Read(bytes.NewReader(kept.Data)); found && err == nil {
			seen.Records = append(seen.Records, records[0])
		}
	}
	if content != "" {
		source, done := sources(ctx, g.Book, content, files)
		defer done()
		seen.Source = source
	}
	return g.Shows(seen)
}

// sources gives the texts of a kept submission's files. Where nothing is asked for
// nothing is restored. Call done at the end.
func sources(ctx context.Context, book *gradebook.Book, content string, files map[string]string) (source func(challenge, file string) string, done func()) {
	var scratch *sandbox.Scratch
	restore := sync.OnceValue(func() (folder string) {
		var err error
		if scratch, err = sandbox.NewScratch(nil); err != nil || book.Restore(ctx, content, scratch.Tmp) != nil {
			return "" // a page without the text
		}
		return scratch.Tmp
	})
	source = func(challenge, file string) string {
		if files[challenge] == "" || restore() == "" {
			return ""
		}
		return intake.Text(filepath.Join(restore(), filepath.FromSlash(files[challenge])), file)
	}
	return source, func() {
		if scratch != nil {
			scratch.Close()
		}
	}
}
