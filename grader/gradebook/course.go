package gradebook

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Challenge is a challenge by content.
type Challenge struct {
	Digest    string // of all below
	ID        string
	Spec      string // challenge.yaml
	Reference string // the digest of its reference solution's tree
}

// KeepChallenge keeps a challenge with the tree of its reference, and gives it.
func (tx *Tx) KeepChallenge(id, spec string, reference *Tree) (Challenge, error) {
	c := Challenge{Digest: Digest(strings.Join([]string{id, spec, reference.Digest}, "\x00")), ID: id, Spec: spec, Reference: reference.Digest}
	if err := tx.KeepTree(reference); err != nil {
		return c, err
	}
	return c, tx.exec(`INSERT INTO challenges (digest, id, spec, reference) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING`, c.Digest, c.ID, c.Spec, c.Reference)
}

// KeepCourse keeps what a cohort is graded for: a challenge or a workshop, with
// its challenges in order.
func (tx *Tx) KeepCourse(name, title string, challenges []Challenge) error {
	var digests []string
	for _, c := range challenges {
		digests = append(digests, c.Digest)
	}
	all, err := json.Marshal(digests)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO courses (digest, name, title, challenges) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING`,
		Digest(strings.Join([]string{name, title, string(all)}, "\x00")), name, title, string(all))
}

// Challenge gives the challenge of a digest.
func (b *Book) Challenge(ctx context.Context, sum string) (c Challenge, err error) {
	err = b.Do(ctx, func(tx *Tx) error {
		found, err := tx.one([]any{&c.Digest, &c.ID, &c.Spec, &c.Reference}, `SELECT digest, id, spec, reference FROM challenges WHERE digest = $1`, sum)
		if err == nil && !found {
			err = fmt.Errorf("it holds no challenge %.12s", sum)
		}
		return err
	})
	return c, err
}

// Learner is one of a roster.
type Learner struct{ Name, KnownAs string } // what the submissions are called

// KeepLearners keeps the learners of a roster.
func (tx *Tx) KeepLearners(all []Learner) error {
	for _, l := range all {
		if err := tx.exec(`INSERT INTO learners (name, known_as) VALUES ($1, $2) ON CONFLICT (known_as) DO UPDATE SET name = excluded.name`, l.Name, l.KnownAs); err != nil {
			return err
		}
	}
	return nil
}
