package gradebook

import (
	"context"
	"slices"
	"time"
)

// Record is what was observed of a submission for a challenge.
type Record struct {
	Key       string // of all that decides what it holds
	Challenge string // its id
	Content   string // the digest of the submission's tree, empty where it is unknown
	Data      []byte // gzipped JSON lines, as `gilcourse judge` reads them
	Worker    string // who made it
	Build     string // with which gilcourse
	Made      time.Time
}

// KeepRecord keeps a record in the place of an earlier one, whose verdicts go.
// A zero time is now.
func (tx *Tx) KeepRecord(r Record) error {
	if err := tx.exec(`DELETE FROM verdicts WHERE key = $1`, r.Key); err != nil {
		return err
	}
	made := "$7"
	args := []any{r.Key, r.Challenge, r.Content, r.Data, r.Worker, r.Build}
	if r.Made.IsZero() {
		made = "{now}"
	} else {
		args = append(args, r.Made.UnixMilli())
	}
	return tx.exec(`INSERT INTO records (key, challenge, content, data, worker, build, made) VALUES ($1, $2, $3, $4, $5, $6, `+made+`)
		ON CONFLICT (key) DO UPDATE SET challenge = excluded.challenge, content = excluded.content, data = excluded.data,
		worker = excluded.worker, build = excluded.build, made = excluded.made`, args...)
}

const recordColumns = `SELECT key, challenge, content, data, worker, build, made FROM records`

func (r *Record) scan(scan func(...any) error) error {
	var made int64
	err := scan(&r.Key, &r.Challenge, &r.Content, &r.Data, &r.Worker, &r.Build, &made)
	r.Made = stamp(made)
	return err
}

// Record gives the record under a key; it reports whether there is one.
func (b *Book) Record(ctx context.Context, key string) (r Record, found bool, err error) {
	err = b.Do(ctx, func(tx *Tx) error {
		return tx.each(func(scan func(...any) error) error { found = true; return r.scan(scan) }, recordColumns+` WHERE key = $1`, key)
	})
	return r, found, err
}

// Keys gives the keys of all records, sorted.
func (b *Book) Keys(ctx context.Context) (keys []string, err error) {
	err = b.Do(ctx, func(tx *Tx) error {
		return tx.each(func(scan func(...any) error) error {
			var key string
			err := scan(&key)
			keys = append(keys, key)
			return err
		}, `SELECT key FROM records ORDER BY key`)
	})
	return keys, err
}

// Verdict is a verdict on a record by one spec.
type Verdict struct {
	Key, Spec   string // Spec is the digest of the spec's text
	Verdict     string
	Score, Most float64
	Data        []byte // the whole of it, packed
}

// KeepVerdict keeps a verdict.
func (tx *Tx) KeepVerdict(v Verdict) error {
	return tx.exec(`INSERT INTO verdicts (key, spec, verdict, score, most, data) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key, spec) DO UPDATE SET verdict = excluded.verdict, score = excluded.score, most = excluded.most, data = excluded.data`,
		v.Key, v.Spec, v.Verdict, v.Score, v.Most, v.Data)
}

// Verdicts gives the verdicts by one spec on the records under these keys. A key
// of whose record there is no verdict has an empty one; a key without a record
// has none.
func (b *Book) Verdicts(ctx context.Context, spec string, keys []string) (map[string]Verdict, error) {
	all := map[string]Verdict{}
	err := b.Do(ctx, func(tx *Tx) error {
		for some := range slices.Chunk(keys, most) {
			marks, args := list(2, some)
			err := tx.each(func(scan func(...any) error) error {
				v := Verdict{Spec: spec}
				err := scan(&v.Key, &v.Verdict, &v.Score, &v.Most, &v.Data)
				all[v.Key] = v
				return err
			}, `SELECT r.key, COALESCE(v.verdict, ''), COALESCE(v.score, 0), COALESCE(v.most, 0), v.data
				FROM records r LEFT JOIN verdicts v ON v.key = r.key AND v.spec = $1 WHERE r.key IN (`+marks+`)`, append([]any{spec}, args...)...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}
