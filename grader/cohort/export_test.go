package cohort

import (
	"context"
	"os"
)

// Keys gives the keys of the records of all sources, for the first task.
func Keys(ctx context.Context, o Options) ([]string, error) {
	g := &grading{Options: o}
	if err := g.describe(ctx); err != nil {
		return nil, err
	}
	var keys []string
	for _, s := range o.Sources {
		what := g.base[0]
		var err error
		if what.Submission, err = digest(s.at); err != nil {
			return nil, err
		}
		keys = append(keys, what.key())
	}
	return keys, nil
}

// Put keeps a record as it stands in a file.
func (s *Store) Put(key string, data []byte) error {
	return os.WriteFile(s.Record(key), data, 0o644)
}
