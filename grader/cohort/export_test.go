package cohort

import (
	"context"
	"os"

	"github.com/gilcourse/gilcourse/grader/recordcache"
)

// Keys gives the keys of the records of all sources, for the first task.
func Keys(ctx context.Context, o Options) ([]string, error) {
	g := &grading{Options: o}
	if err := g.describe(ctx); err != nil {
		return nil, err
	}
	var keys []string
	for _, s := range o.Sources {
		content, err := recordcache.Path(s.at)
		if err != nil {
			return nil, err
		}
		key, err := g.keys.Key(o.Tasks[0].Challenge, g.references[0], content)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Put keeps a record as it stands in a file.
func (s *Store) Put(key string, data []byte) error {
	return os.WriteFile(s.records().File(key), data, 0o644)
}
