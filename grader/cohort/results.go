package cohort

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/fxamacker/cbor/v2"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// results gives the verdicts by a challenge's spec on the records under some keys.
// Records without one are judged now, and the verdict is kept. A record that cannot be
// read has nil, a key without a record nothing.
func results(ctx context.Context, book *gradebook.Book, c *spec.Challenge, keys []string) (map[string]*verdict.Result, error) {
	kept, err := book.Verdicts(ctx, gradebook.Digest(c.Text()), keys)
	if err != nil {
		return nil, err
	}
	all := map[string]*verdict.Result{}
	var mu sync.Mutex
	var failed error
	var fresh []gradebook.Verdict
	side(keys, func(key string) {
		v, there := kept[key]
		if !there {
			return
		}
		r, err := unpack(v.Data)
		if r == nil {
			if r, err = judged(ctx, book, c, key); err == nil && r != nil {
				v, err = pack(c, key, r)
			}
			if r != nil && err == nil {
				mu.Lock()
				fresh = append(fresh, v)
				mu.Unlock()
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if all[key] = r; err != nil {
			failed = err
		}
	})
	if failed == nil && len(fresh) > 0 {
		failed = book.Do(ctx, func(tx *gradebook.Tx) error {
			for _, v := range fresh {
				if err := tx.KeepVerdict(v); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return all, failed
}

// judged judges the record under a key; nil where it cannot be read.
func judged(ctx context.Context, book *gradebook.Book, c *spec.Challenge, key string) (*verdict.Result, error) {
	kept, found, err := book.Record(ctx, key)
	if err != nil || !found {
		return nil, err
	}
	records, err := record.Read(bytes.NewReader(kept.Data))
	if err != nil {
		return nil, nil // it is observed again
	}
	return judge.With(c, records[0]), nil
}

// pack makes what is kept of a verdict.
func pack(c *spec.Challenge, key string, r *verdict.Result) (gradebook.Verdict, error) {
	data, err := cbor.Marshal(r)
	if err == nil {
		data, err = gradebook.Pack(data)
	}
	if err != nil {
		return gradebook.Verdict{}, fmt.Errorf("keep the verdict: %w", err)
	}
	return gradebook.Verdict{Key: key, Spec: gradebook.Digest(c.Text()), Verdict: string(r.Verdict), Score: r.Score, Most: r.MaxScore, Data: data}, nil
}

// unpack gives a verdict that pack made; nil for anything else.
func unpack(data []byte) (*verdict.Result, error) {
	if len(data) == 0 {
		return nil, nil
	}
	data, err := gradebook.Unpack(data)
	var r verdict.Result
	if err != nil || cbor.Unmarshal(data, &r) != nil {
		return nil, nil // the record is judged again
	}
	return &r, nil
}
