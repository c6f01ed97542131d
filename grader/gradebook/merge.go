package gradebook

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// merged are the tables that are copied row by row, with what becomes of a row
// that is there already.
var merged = []struct {
	table   string
	columns []string
	over    string
}{
	{"challenges", []string{"digest", "id", "spec", "reference"}, "(digest) DO NOTHING"},
	{"courses", []string{"digest", "name", "title", "challenges"}, "(digest) DO NOTHING"},
	{"files", []string{"digest", "size", "data"}, "(digest) DO NOTHING"},
	{"trees", []string{"digest", "listing"}, "(digest) DO NOTHING"},
	{"learners", []string{"known_as", "name"}, "(known_as) DO NOTHING"},
	{"records", []string{"key", "challenge", "content", "data", "worker", "build", "made"},
		`(key) DO UPDATE SET challenge = excluded.challenge, content = excluded.content, data = excluded.data, worker = excluded.worker,
		build = excluded.build, made = excluded.made WHERE excluded.made > records.made`},
	{"verdicts", []string{"key", "spec", "verdict", "score", "most", "data"}, "(key, spec) DO NOTHING"},
}

// atOnce is how many rows are copied at once: records are large.
const atOnce = 50

// Merge copies all that another gradebook holds into one, but its queue, in one
// transaction. It gives how many attempts that were.
func Merge(ctx context.Context, to, from *Book) (attempts int, err error) {
	all, err := from.AllAttempts(ctx)
	if err != nil {
		return 0, err
	}
	return len(all), to.Do(ctx, func(tx *Tx) error {
		for _, m := range merged {
			if err := tx.copyTable(ctx, from, m.table, m.columns, m.over); err != nil {
				return fmt.Errorf("copy the %s: %w", m.table, err)
			}
		}
		for _, a := range all {
			if err := tx.KeepAttempt(&a); err != nil {
				return err
			}
			have, err := tx.attempts(`a.id = $1`, a.ID)
			if err != nil {
				return err
			}
			for _, g := range a.Grades {
				if slices.ContainsFunc(have[0].Grades, g.Same) {
					continue
				}
				if err := tx.KeepGrade(a.ID, g); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// copyTable copies the rows of a table that has its key in the first columns.
func (tx *Tx) copyTable(ctx context.Context, from *Book, table string, columns []string, over string) error {
	names := strings.Join(columns, ", ")
	for offset := 0; ; offset += atOnce {
		var rows [][]any
		err := from.Do(ctx, func(other *Tx) error {
			rows = nil
			return other.each(func(scan func(...any) error) error {
				row, places := make([]any, len(columns)), make([]any, len(columns))
				for i := range row {
					places[i] = &row[i]
				}
				err := scan(places...)
				rows = append(rows, row)
				return err
			}, fmt.Sprintf(`SELECT %s FROM %s ORDER BY 1, 2 LIMIT %d OFFSET %d`, names, table, atOnce, offset))
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			marks, _ := list(1, columns)
			if err := tx.exec(fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s) ON CONFLICT %s`, table, names, marks, over), row...); err != nil {
				return err
			}
		}
	}
}
