package gradebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/riverqueue/river/rivermigrate"
)

// version is the version of the tables: the count of migrations. A reader
// refuses later ones.
var version = len(migrations)

// migrations are the steps from nothing to the tables of today, in order. One
// that was released never changes. Each brings the queue's tables up to
// date, too.
var migrations = [][]string{{
	// A challenge by content: its spec and the tree of its reference solution.
	`CREATE TABLE challenges (digest TEXT PRIMARY KEY, id TEXT NOT NULL, spec TEXT NOT NULL, reference TEXT NOT NULL)`,
	// What a cohort is graded for: a challenge or a workshop; challenges are
	// digests, in order, as JSON.
	`CREATE TABLE courses (digest TEXT PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL, challenges TEXT NOT NULL)`,
	// Files of submissions and references, each once, gzipped.
	`CREATE TABLE files (digest TEXT PRIMARY KEY, size BIGINT NOT NULL, data {blob} NOT NULL)`,
	// Submissions and references by content: a listing as JSON.
	`CREATE TABLE trees (digest TEXT PRIMARY KEY, listing TEXT NOT NULL)`,
	`CREATE TABLE learners (known_as TEXT PRIMARY KEY, name TEXT NOT NULL)`,
	// What a learner handed in. Of one path the latest counts. The content is
	// empty where it is unknown, or was refused.
	`CREATE TABLE attempts (id {id}, course TEXT NOT NULL, path TEXT NOT NULL, content TEXT NOT NULL, learner TEXT NOT NULL, account TEXT NOT NULL,
		latest INTEGER NOT NULL, refused TEXT NOT NULL, error TEXT NOT NULL, handed_in BIGINT NOT NULL, UNIQUE (course, path, content))`,
	`CREATE INDEX attempts_of_content ON attempts (content)`,
	// What was observed, under the key of all that decides what that is.
	`CREATE TABLE records (key TEXT PRIMARY KEY, challenge TEXT NOT NULL, content TEXT NOT NULL, data {blob} NOT NULL,
		worker TEXT NOT NULL, build TEXT NOT NULL, made BIGINT NOT NULL)`,
	// Verdicts on records by one spec, as gzipped CBOR, and what they come to.
	`CREATE TABLE verdicts (key TEXT NOT NULL, spec TEXT NOT NULL, verdict TEXT NOT NULL, score DOUBLE PRECISION NOT NULL,
		most DOUBLE PRECISION NOT NULL, data {blob} NOT NULL, PRIMARY KEY (key, spec))`,
	// An attempt's grade for one challenge. The verdict "missing" says that
	// nothing was handed in for it.
	`CREATE TABLE grades (attempt BIGINT NOT NULL REFERENCES attempts (id), challenge TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, spec TEXT NOT NULL,
		verdict TEXT NOT NULL, score DOUBLE PRECISION NOT NULL, most DOUBLE PRECISION NOT NULL, policy TEXT NOT NULL,
		worker TEXT NOT NULL, build TEXT NOT NULL, graded BIGINT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (attempt, challenge))`,
	// What is to be observed, or was: one row for a key, whatever the queue has.
	// The state is open, again (inconclusive, to be measured once more), done
	// or failed (ours, see error).
	`CREATE TABLE measurements (key TEXT PRIMARY KEY, state TEXT NOT NULL, tries INTEGER NOT NULL, error TEXT NOT NULL, worker TEXT NOT NULL, changed BIGINT NOT NULL)`,
	// Who works, and what each class of jobs needs; both as JSON.
	`CREATE TABLE workers (id TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, offer TEXT NOT NULL, queues TEXT NOT NULL, started BIGINT NOT NULL, seen BIGINT NOT NULL, ended INTEGER NOT NULL)`,
	`CREATE TABLE queues (name TEXT PRIMARY KEY, needs TEXT NOT NULL)`,
	// What each learner's latest attempt came to: for whoever asks with SQL.
	`CREATE VIEW totals AS SELECT a.course, a.learner, a.path, a.content, a.refused, a.error,
		SUM(g.score) AS score, SUM(g.most) AS most, MIN(CASE WHEN g.verdict = 'pass' THEN 1 ELSE 0 END) AS passed
		FROM attempts a LEFT JOIN grades g ON g.attempt = a.id WHERE a.latest = 1
		GROUP BY a.id, a.course, a.learner, a.path, a.content, a.refused, a.error`,
}}

// migrate brings the tables up to date, one process at a time.
func (b *Book) migrate(ctx context.Context, make bool) error {
	have, err := b.version(ctx, b.db)
	switch {
	case err != nil:
		return err
	case have == 0 && !make:
		return errors.New("it holds no gradebook; `gilcourse grade --results` makes one")
	case have > version:
		return fmt.Errorf("it was made by a newer gilcourse: its tables have version %d, this one knows %d; use the newer one", have, version)
	case have == version:
		return nil
	}
	migrator, err := rivermigrate.New(b.Driver(), &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return err
	}
	release, err := b.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("make the queue's tables: %w", err)
	}
	return b.Do(ctx, func(tx *Tx) error { return b.upgrade(ctx, tx) })
}

// lock keeps other processes from migrating a server's database at the same time.
// A SQLite file is new, and nobody knows it yet.
func (b *Book) lock(ctx context.Context) (release func(), err error) {
	if !b.postgres {
		return func() {}, nil
	}
	held, err := b.db.Conn(ctx) // the lock is the connection's
	if err != nil {
		return nil, err
	}
	const number = 0x67696c63 // any that nobody else locks
	if _, err := held.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, number); err != nil {
		held.Close()
		return nil, err
	}
	return func() {
		held.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, number)
		held.Close()
	}, nil
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// version gives the version of the tables, 0 where there are none.
func (b *Book) version(ctx context.Context, q querier) (have int, err error) {
	there := `SELECT COUNT(*) FROM sqlite_master WHERE name = 'gradebook'`
	if b.postgres {
		there = `SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('gradebook')`
	}
	if err := q.QueryRowContext(ctx, there).Scan(&have); err != nil || have == 0 {
		return 0, err
	}
	err = q.QueryRowContext(ctx, `SELECT version FROM gradebook`).Scan(&have)
	return have, err
}

// upgrade makes the steps that are missing.
func (b *Book) upgrade(ctx context.Context, tx *Tx) error {
	have, err := b.version(ctx, tx)
	if err != nil || have >= version { // another process was quicker
		return err
	}
	steps := migrations[have:]
	if have == 0 {
		steps = append([][]string{{`CREATE TABLE gradebook (version INTEGER NOT NULL)`, `INSERT INTO gradebook VALUES (0)`}}, steps...)
	}
	for _, step := range steps {
		for _, statement := range step {
			if err := tx.exec(statement); err != nil {
				return fmt.Errorf("make the tables: %w", err)
			}
		}
	}
	return tx.exec(`UPDATE gradebook SET version = $1`, version)
}
