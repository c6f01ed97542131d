package cohort

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/intake"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/queue"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordcache"
)

// atOnce is how many submissions are taken in in one transaction.
const atOnce = 100

// takeIn takes all submissions in: what is known of them is judged, what is not is
// put into the queue.
func (g *grading) takeIn(ctx context.Context) error {
	for batch := range slices.Chunk(g.jobs, atOnce) {
		side(batch, func(j *job) { g.read(ctx, j) })
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := g.recall(ctx, batch); err != nil {
			return err
		}
		if err := g.ask(ctx, batch); err != nil {
			return err
		}
		for _, j := range batch {
			j.tree = nil
		}
	}
	return nil
}

// side does something with all of them, several side by side.
func side[T any](all []T, do func(T)) {
	todo := make(chan T)
	var group sync.WaitGroup
	for range workers() {
		group.Go(func() {
			for t := range todo {
				do(t)
			}
		})
	}
	for _, t := range all {
		todo <- t
	}
	close(todo)
	group.Wait()
}

// read reads a submission, and finds what was handed in for each task.
func (g *grading) read(ctx context.Context, j *job) {
	in, err := j.open(g.challenges)
	if err != nil {
		j.failed(ctx, err)
		return
	}
	defer in.Close()
	root, err := os.OpenRoot(in.Folder())
	if err != nil {
		j.failed(ctx, &intake.Refused{Where: j.Path, What: "cannot be read", Err: err})
		return
	}
	defer root.Close()
	found := 0
	for i, c := range g.challenges {
		file, err := in.Find(c.Deliverable, path.Base(c.ID), len(g.Tasks) == 1)
		p := &j.parts[i]
		if p.missing = file == ""; err == nil && !p.missing {
			found++
			p.origin = in.Origin(file)
			p.file, err = relative(in.Folder(), file)
		}
		if err != nil {
			j.failed(ctx, err)
			return
		}
	}
	if found == 0 {
		j.failed(ctx, &intake.Refused{Where: j.Path, What: "does not hold " + strings.Join(deliverables(g.challenges), ", ")})
		return
	}
	if j.tree, err = gradebook.Snapshot(root.FS(), observe.MayNeed); err != nil {
		j.failed(ctx, &intake.Refused{Where: j.Path, What: "cannot be kept", Err: err, Do: "put the solution into a folder of its own"})
		return
	}
	j.content = j.tree.Digest
	for i := range j.parts {
		if p := &j.parts[i]; !p.missing {
			if p.key, err = g.key(i, j.content); err != nil {
				j.failed(ctx, err)
				return
			}
		}
	}
}

// key gives the key of the record of a submission's content for a task.
func (g *grading) key(task int, content string) (string, error) {
	sum, err := hex.DecodeString(content)
	if err != nil {
		return "", fmt.Errorf("read the digest of a submission: %w", err)
	}
	return g.keys.Key(g.challenges[task], g.references[task], recordcache.Digest(sum))
}

// recall judges what is known of the submissions.
func (g *grading) recall(ctx context.Context, batch []*job) error {
	if g.Fresh {
		return nil
	}
	for i, c := range g.challenges {
		var keys []string
		for _, j := range batch {
			if p := j.parts[i]; p.key != "" && j.err == nil && j.refused == "" && g.asked[p.key] == nil {
				keys = append(keys, p.key)
			}
		}
		slices.Sort(keys)
		known, err := results(ctx, g.Book, c, slices.Compact(keys))
		if err != nil {
			return err
		}
		for _, j := range batch {
			if p := &j.parts[i]; p.key != "" {
				var there bool
				p.result, there = known[p.key]
				p.broken = there && p.result == nil
			}
		}
	}
	return nil
}

// ask keeps the attempts, and puts what is to be measured of them into the queue.
func (g *grading) ask(ctx context.Context, batch []*job) error {
	var jobs []queue.Job
	for _, j := range batch {
		for i := range j.parts {
			if one, asks := g.asks(j, i); asks {
				jobs = append(jobs, one)
			}
		}
	}
	if len(jobs) > 0 && g.queue == nil {
		if err := g.open(ctx); err != nil {
			return err
		}
	}
	return g.Book.Do(ctx, func(tx *gradebook.Tx) error {
		for _, j := range batch {
			if err := g.note(tx, j); err != nil {
				return err
			}
			if j.pending() {
				if err := tx.KeepTree(j.tree); err != nil {
					return err
				}
			}
		}
		if len(jobs) == 0 {
			return nil
		}
		return g.queue.Insert(ctx, tx, g.queue.Offer.Needs(), jobs)
	})
}

// asks gives the job for a part that is to be measured; it reports whether one is
// to be asked for.
func (g *grading) asks(j *job, i int) (one queue.Job, asks bool) {
	p := &j.parts[i]
	retries, last := g.Retries, false
	if p.inconclusive() && g.Retries > 0 {
		retries, last = g.Retries-1, true
	} else if p.result != nil || p.key == "" || j.err != nil || j.refused != "" {
		return one, false
	}
	p.open, p.first = true, g.asked[p.key] == nil
	g.mu.Lock()
	g.asked[p.key] = append(g.asked[p.key], j)
	g.mu.Unlock()
	s := g.Settings
	return queue.Job{Key: p.key, Challenge: g.kept[i].Digest, ChallengeID: g.kept[i].ID, Content: j.content, File: p.file, Course: g.Name, Policy: string(g.Policy),
		Retries: retries, Full: s.Full, StrictClock: s.StrictClock, Sandbox: string(s.Sandbox), Seed: s.Seed, Fresh: g.Fresh || last || p.broken, Last: last}, p.first
}

// open opens the queue.
func (g *grading) open(ctx context.Context) (err error) {
	mine := g.keys.Python()
	mine.Path = g.Settings.Python // a virtual environment's is a link
	offer, err := offer(ctx, g.Settings, []record.Python{mine})
	if err != nil {
		return err
	}
	g.observer = &observer{settings: g.Settings, book: g.Book, say: g.say, took: g.took}
	slots := 1 + workers()
	if g.Book.Remote() {
		slots = 2 // what one prepares ahead, another could measure
	}
	g.queue, err = queue.New(g.Book, queue.Worker{Offer: offer, Slots: slots, Handle: g.observer.handle})
	return err
}
