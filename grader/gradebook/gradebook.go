// Package gradebook keeps what a cohort came to in a database: courses and
// challenges by content, learners, submissions by content, attempts, records,
// verdicts by spec, grades, and who graded when with which build. A SQLite file
// needs nothing set up; a Postgres database serves several machines. One schema
// and one set of queries serve both.
package gradebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of Postgres
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // the driver of SQLite

	"github.com/gilcourse/gilcourse/grader/safetext"
)

// FileName is what a gradebook is called in a folder.
const FileName = "gradebook.db"

// Book is an open gradebook. Its methods may be called from any goroutine.
type Book struct {
	db       *sql.DB
	name     string // as it may be shown: without a password
	file     string // of SQLite, empty for Postgres
	postgres bool
}

// Unusable says that a gradebook cannot be used, and why.
type Unusable struct {
	Name string
	Err  error
}

func (e *Unusable) Error() string {
	return fmt.Sprintf("use %s for results: %v", e.Name, e.Err)
}

// Unwrap gives the reason.
func (e *Unusable) Unwrap() error { return e.Err }

// Remote reports whether a name means a database server.
func Remote(name string) bool {
	return strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://")
}

// File gives the SQLite file that a name means: the name itself where that is a
// file, or ends in .db, .sqlite or .sqlite3; else FileName in the folder of
// that name. Empty for a database server.
func File(name string) string {
	if Remote(name) {
		return ""
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return filepath.Join(name, FileName)
	case err == nil, slices.Contains([]string{".db", ".sqlite", ".sqlite3"}, filepath.Ext(name)):
		return name
	}
	return filepath.Join(name, FileName)
}

// Open opens the gradebook of a name: see File, or a postgres:// address. It
// makes the file, and the tables, where wanted; else one that is not there is
// an error. The tables of an older version are brought up to date. Close it.
// An error is an Unusable.
func Open(ctx context.Context, name string, make bool) (*Book, error) {
	b := &Book{name: safetext.Name(name), file: File(name), postgres: Remote(name)}
	if b.postgres {
		b.name = shown(name)
	}
	err := b.open(ctx, name, make)
	if err == nil {
		err = b.migrate(ctx, make)
	}
	if err != nil {
		b.Close()
		if failed := (*Failure)(nil); errors.As(err, &failed) {
			err = failed.Err
		} else {
			err = explained(err)
		}
		return nil, &Unusable{b.name, err}
	}
	return b, nil
}

// shown is the address of a server without its password.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the database" // the error may hold the password, too
	}
	u.RawQuery = ""
	return safetext.Text(u.Redacted())
}

// connections is how many connections to a server one process holds: one
// measures, some prepare.
const connections = 4

func (b *Book) open(ctx context.Context, name string, make bool) (err error) {
	if b.postgres {
		if b.db, err = sql.Open("pgx", name); err != nil {
			return errors.New("the address cannot be read; it looks like postgres://user:password@host/database")
		}
		b.db.SetMaxOpenConns(connections)
		b.db.SetMaxIdleConns(connections)
		return b.db.PingContext(ctx)
	}
	switch _, err := os.Stat(b.file); {
	case errors.Is(err, fs.ErrNotExist) && !make:
		return fmt.Errorf("there is no gradebook %s; `gilcourse grade --results` makes one", safetext.Name(b.file))
	case errors.Is(err, fs.ErrNotExist):
		if err := create(ctx, b.file); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	b.db, err = openFile(ctx, b.file)
	return err
}

// create makes a SQLite file with its tables, whole or not at all, unless another
// process is quicker.
func create(ctx context.Context, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".gradebook-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := errors.Join(temp.Chmod(0o644), temp.Close()); err != nil {
		return err
	}
	b := &Book{name: safetext.Name(file), file: temp.Name()}
	if b.db, err = openFile(ctx, b.file); err != nil {
		return err
	}
	if err := errors.Join(b.migrate(ctx, true), b.db.Close()); err != nil {
		return err
	}
	err = os.Link(temp.Name(), file)
	if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links
		err = os.Rename(temp.Name(), file)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

func openFile(ctx context.Context, file string) (*sql.DB, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	place := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "_pragma=busy_timeout(30000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"}
	db, err := sql.Open("sqlite", place.String())
	if err != nil {
		return nil, err
	}
	// One connection: SQLite has one writer, and waiting for it in here is
	// cheaper than asking the file again and again.
	db.SetMaxOpenConns(1)
	return db, db.PingContext(ctx)
}

// explained adds what to do to an error of the database.
func explained(err error) error {
	text := err.Error()
	if strings.Contains(text, "\n") {
		text = strings.Join(strings.Fields(text), " ")
		err = errors.New(text)
	}
	for _, known := range []struct{ part, advice string }{
		{"readonly", "it can be read only; mend its rights, or name another place"},
		{"disk is full", "free some space and run the same command again: what is there is whole"},
		{"not a database", "the file is no gradebook; name another one"},
		{"database is locked", "another program holds it; wait until that has ended"},
		{"connection refused", "start the database, or mend the address"},
	} {
		if strings.Contains(text, known.part) {
			return fmt.Errorf("%w; %s", err, known.advice)
		}
	}
	return err
}

// Close closes the gradebook.
func (b *Book) Close() error {
	if b.db == nil {
		return nil
	}
	return b.db.Close()
}

// Name is what the gradebook is called, as it may be shown.
func (b *Book) Name() string { return b.name }

// Remote reports whether other machines can use the gradebook, too.
func (b *Book) Remote() bool { return b.postgres }

// Files are those that the gradebook lies in, none for a server. Not all of
// them need to be there.
func (b *Book) Files() []string {
	if b.postgres {
		return nil
	}
	return []string{b.file, b.file + "-wal", b.file + "-shm"}
}

// Driver gives the driver of the queue whose tables are in the gradebook.
func (b *Book) Driver() riverdriver.Driver[*sql.Tx] {
	if b.postgres {
		return riverdatabasesql.New(b.db)
	}
	return riversqlite.New(b.db)
}

// quiet is a logger that says nothing: what matters comes back as an error.
var quiet = slog.New(slog.DiscardHandler)

// Tx is a transaction. It must not be used by two goroutines at once, nor the
// book by the one that has it: SQLite has one connection.
type Tx struct {
	*sql.Tx
	ctx  context.Context
	book *Book
}

// Do does something in one transaction: all of it, or, where it fails, nothing.
func (b *Book) Do(ctx context.Context, f func(*Tx) error) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return b.failed(err)
	}
	if err := f(&Tx{tx, ctx, b}); err != nil {
		tx.Rollback()
		return b.failed(err)
	}
	return b.failed(tx.Commit())
}

// Failure says that a gradebook could not be read or written.
type Failure struct {
	Name string
	Err  error
}

func (e *Failure) Error() string { return fmt.Sprintf("keep the results in %s: %v", e.Name, e.Err) }

// Unwrap gives the reason.
func (e *Failure) Unwrap() error { return e.Err }

func (b *Book) failed(err error) error {
	if err == nil || errors.As(err, new(*Failure)) || errors.Is(err, context.Canceled) {
		return err
	}
	return &Failure{b.name, explained(err)}
}

func (tx *Tx) exec(query string, args ...any) error {
	_, err := tx.ExecContext(tx.ctx, tx.book.dialect(query), args...)
	return err
}

// each calls see for each row.
func (tx *Tx) each(see func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := tx.QueryContext(tx.ctx, tx.book.dialect(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := see(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one reads the only row into the places; it reports whether there was one.
func (tx *Tx) one(places []any, query string, args ...any) (bool, error) {
	err := tx.QueryRowContext(tx.ctx, tx.book.dialect(query), args...).Scan(places...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// most is how many values a query lists at once.
const most = 500

// list gives the placeholders of values, the first as number from, and the
// values as arguments.
func list(from int, values []string) (string, []any) {
	var marks []string
	var args []any
	for i, v := range values {
		marks, args = append(marks, fmt.Sprintf("$%d", from+i)), append(args, v)
	}
	return strings.Join(marks, ", "), args
}

// dialect puts what the two databases write differently into a query.
func (b *Book) dialect(query string) string {
	if !strings.Contains(query, "{") {
		return query
	}
	if b.postgres {
		return postgresWords.Replace(query)
	}
	return sqliteWords.Replace(query)
}

// Times are milliseconds since 1970, by the database's clock: those of several
// machines differ.
var (
	postgresWords = strings.NewReplacer("{now}", "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)", "{blob}", "BYTEA", "{id}", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
		"{stamp}", "clock_timestamp()", "{worker}", "attempted_by[array_upper(attempted_by, 1)]", "{lock}", "FOR UPDATE", "{args}", "CAST(args AS TEXT)")
	sqliteWords = strings.NewReplacer("{now}", "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)", "{blob}", "BLOB", "{id}", "INTEGER PRIMARY KEY AUTOINCREMENT",
		"{stamp}", "strftime('%Y-%m-%d %H:%M:%f', 'now')", "{worker}", "json_extract(attempted_by, '$[#-1]')", "{lock}", "", "{args}", "json(args)")
)

func stamp(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
