package cohort

import "context"

// Keys gives the keys of the records of all sources, for the first task.
func Keys(ctx context.Context, o Options) ([]string, error) {
	g := &grading{Options: o}
	if err := g.describe(ctx); err != nil {
		return nil, err
	}
	var keys []string
	for _, s := range o.Sources {
		j := &job{Source: s, parts: make([]part, len(o.Tasks))}
		if g.read(ctx, j); j.err != nil {
			return nil, j.err
		}
		keys = append(keys, j.parts[0].key)
	}
	return keys, nil
}
