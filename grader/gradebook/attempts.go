package gradebook

import (
	"context"
	"fmt"
)

// Attempt is what a learner handed in: a path at one content.
type Attempt struct {
	ID      int64
	Course  string // what it was graded for: the name of a challenge or workshop
	Path    string // absolute
	Content string // the digest of its tree; empty where it is unknown or was refused
	Learner string
	Account string // on a learning platform, in whatever form the caller has
	Refused string // why it could not be taken in
	Error   string // why the grader itself failed at it
	Grades  []Grade
}

// Missing is the verdict on a challenge of a workshop for which nothing was
// handed in.
const Missing = "missing"

// Grade is what an attempt got for one challenge.
type Grade struct {
	Challenge   string // its id
	Key         string // of the record, empty where there is none
	File        string // the deliverable in the attempt's tree, with slashes
	Spec        string // the digest of the spec it was judged by
	Verdict     string
	Score, Most float64
	Policy      string // what an inconclusive verdict counts as
	Worker      string // who graded it
	Build       string // with which gilcourse
}

// Same reports whether two grades say the same, whoever made them.
func (g Grade) Same(o Grade) bool {
	g.Worker, g.Build, o.Worker, o.Build = "", "", "", ""
	return g == o
}

// Attempts gives the latest attempt at each path for a course, in the order in
// which they were handed in, with their grades.
func (b *Book) Attempts(ctx context.Context, course string) (all []Attempt, err error) {
	err = b.Do(ctx, func(tx *Tx) error { all, err = tx.attempts(`a.course = $1 AND a.latest = 1`, course); return err })
	return all, err
}

// AllAttempts gives all attempts at all courses, the latest at each path last.
func (b *Book) AllAttempts(ctx context.Context) (all []Attempt, err error) {
	err = b.Do(ctx, func(tx *Tx) error { all, err = tx.attempts(`1 = 1`); return err })
	return all, err
}

func (tx *Tx) attempts(where string, args ...any) (all []Attempt, err error) {
	places := map[int64]int{}
	err = tx.each(func(scan func(...any) error) error {
		var a Attempt
		err := scan(&a.ID, &a.Course, &a.Path, &a.Content, &a.Learner, &a.Account, &a.Refused, &a.Error)
		places[a.ID] = len(all)
		all = append(all, a)
		return err
	}, `SELECT id, course, path, content, learner, account, refused, error FROM attempts a WHERE `+where+` ORDER BY a.latest, a.id`, args...)
	if err != nil {
		return nil, err
	}
	return all, tx.each(func(scan func(...any) error) error {
		var id int64
		var g Grade
		err := scan(&id, &g.Challenge, &g.Key, &g.File, &g.Spec, &g.Verdict, &g.Score, &g.Most, &g.Policy, &g.Worker, &g.Build)
		if i, there := places[id]; there {
			all[i].Grades = append(all[i].Grades, g)
		}
		return err
	}, `SELECT g.attempt, g.challenge, g.key, g.file, g.spec, g.verdict, g.score, g.most, g.policy, g.worker, g.build
		FROM grades g JOIN attempts a ON a.id = g.attempt WHERE `+where+` ORDER BY g.attempt, g.challenge`, args...)
}

// Courses gives the names of what the attempts were graded for, sorted.
func (b *Book) Courses(ctx context.Context) (names []string, err error) {
	err = b.Do(ctx, func(tx *Tx) error {
		return tx.each(func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			names = append(names, name)
			return err
		}, `SELECT DISTINCT course FROM attempts ORDER BY course`)
	})
	return names, err
}

// KeepAttempt keeps an attempt, which is now the latest at its path, and sets
// its ID. Its grades are kept apart.
func (tx *Tx) KeepAttempt(a *Attempt) error {
	if err := tx.exec(`UPDATE attempts SET latest = 0 WHERE course = $1 AND path = $2 AND content <> $3 AND latest = 1`, a.Course, a.Path, a.Content); err != nil {
		return err
	}
	found, err := tx.one([]any{&a.ID}, `INSERT INTO attempts (course, path, content, learner, account, latest, refused, error, handed_in) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, {now})
		ON CONFLICT (course, path, content) DO UPDATE SET learner = excluded.learner, account = excluded.account, latest = 1, refused = excluded.refused, error = excluded.error RETURNING id`,
		a.Course, a.Path, a.Content, a.Learner, a.Account, a.Refused, a.Error)
	if err == nil && !found {
		err = fmt.Errorf("keep the attempt at %s: it has no number", a.Path)
	}
	return err
}

// KeepGrade keeps an attempt's grade for a challenge in the place of an earlier one,
// if that says something else.
func (tx *Tx) KeepGrade(attempt int64, g Grade) error {
	return tx.exec(`INSERT INTO grades (attempt, challenge, key, file, spec, verdict, score, most, policy, worker, build, graded, times)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, {now}, 1)`+overGrade+`
		WHERE grades.key <> excluded.key OR grades.file <> excluded.file OR grades.spec <> excluded.spec OR grades.verdict <> excluded.verdict
		OR grades.score <> excluded.score OR grades.most <> excluded.most OR grades.policy <> excluded.policy`,
		attempt, g.Challenge, g.Key, g.File, g.Spec, g.Verdict, g.Score, g.Most, g.Policy, g.Worker, g.Build)
}

const overGrade = ` ON CONFLICT (attempt, challenge) DO UPDATE SET key = excluded.key, file = excluded.file, spec = excluded.spec, verdict = excluded.verdict,
	score = excluded.score, most = excluded.most, policy = excluded.policy, worker = excluded.worker, build = excluded.build,
	graded = excluded.graded, times = grades.times + 1`

// Grade gives a grade to all latest attempts with this content at a course: the
// same may have been handed in by several learners.
func (tx *Tx) Grade(content, course string, g Grade) error {
	return tx.exec(`INSERT INTO grades (attempt, challenge, key, file, spec, verdict, score, most, policy, worker, build, graded, times)
		SELECT a.id, CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT), CAST($8 AS DOUBLE PRECISION),
		CAST($9 AS DOUBLE PRECISION), CAST($10 AS TEXT), CAST($11 AS TEXT), CAST($12 AS TEXT), {now}, 1 FROM attempts a WHERE a.content = $1 AND a.course = $2 AND a.latest = 1 AND a.content <> ''`+overGrade,
		content, course, g.Challenge, g.Key, g.File, g.Spec, g.Verdict, g.Score, g.Most, g.Policy, g.Worker, g.Build)
}

// Fail says of all latest attempts with this content at a course why they could
// not be taken in, or why the grader failed; both empty where neither is so.
func (tx *Tx) Fail(content, course, refused, failure string) error {
	return tx.exec(`UPDATE attempts SET refused = $3, error = $4 WHERE content = $1 AND course = $2 AND latest = 1 AND content <> ''`, content, course, refused, failure)
}
