package queue

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/riverqueue/river"

	"github.com/gilcourse/gilcourse/grader/gradebook"
)

// newID makes an id for this process, with the machine's name for people.
func newID() (string, error) {
	random := make([]byte, 4)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	name, _ := os.Hostname()
	name = strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, name)
	return fmt.Sprintf("%.40s-%d-%s", strings.Trim(name, "-"), os.Getpid(), hex.EncodeToString(random)), nil
}

// Process names this process, for people.
func Process() string {
	name, _ := os.Hostname()
	return fmt.Sprintf("%s-%d", name, os.Getpid())
}

// machine tells the processes of this machine from those of others: a process
// number means something only here.
func machine() string {
	name, _ := os.Hostname()
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, _ := os.Readlink("/proc/self/ns/pid")
	return strings.Join([]string{name, strings.TrimSpace(string(boot)), space}, " ")
}

// alive reports whether a process of this machine may be there.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	return !errors.Is(p.Signal(nothing), os.ErrProcessDone)
}

// beat says that this worker is there and what it offers, takes up queues that it
// can work since, ends its work on jobs that are another's now, and puts back the
// jobs of workers that are gone.
func (q *Queue) beat(ctx context.Context) error {
	q.mu.Lock()
	var mine []int64
	for id := range q.running {
		mine = append(mine, id)
	}
	var queues []string
	for name := range q.queues {
		queues = append(queues, name)
	}
	q.mu.Unlock()
	offer, err := json.Marshal(q.Offer)
	if err != nil {
		return err
	}
	var still []int64
	needs := map[string]string{}
	err = q.book.Do(ctx, func(tx *gradebook.Tx) error {
		here := machine()
		if err := tx.KeepWorker(gradebook.Worker{ID: q.id, Host: here, PID: os.Getpid(), Offer: string(offer), Queues: queues}); err != nil {
			return err
		}
		if err := q.bury(tx, here); err != nil {
			return err
		}
		if still, err = tx.RunningOf(q.id); err != nil {
			return err
		}
		if err := q.rescue(ctx, tx, q.orphaned(still)); err != nil {
			return err
		}
		needs, err = tx.Queues()
		return err
	})
	if err != nil {
		return err
	}
	q.mu.Lock()
	for _, id := range mine {
		if cancel := q.running[id]; cancel != nil && !slices.Contains(still, id) {
			cancel() // another has it: this one was silent for too long
		}
	}
	q.mu.Unlock()
	return q.adopt(needs)
}

// bury notes which processes of this machine have ended without saying so.
func (q *Queue) bury(tx *gradebook.Tx, here string) error {
	pids, err := tx.WorkersOn(here)
	if err != nil {
		return err
	}
	for id, pid := range pids {
		if id != q.id && !alive(pid) {
			if err := tx.EndWorker(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// orphaned gives the jobs that this process is to have, as the database says, and
// has not had for some beats: the end of them did not get there.
func (q *Queue) orphaned(still []int64) (ids []int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	before := q.orphans
	q.orphans = map[int64]int{}
	for _, id := range still {
		if q.running[id] != nil {
			continue
		}
		if q.orphans[id] = before[id] + 1; q.orphans[id] > orphanBeats {
			ids = append(ids, id)
		}
	}
	return ids
}

// rescue puts the jobs of the gone back, and those that are orphans here. Each goes
// on as another job: whatever a worker that was only asleep says of the old one
// comes to nothing.
func (q *Queue) rescue(ctx context.Context, tx *gradebook.Tx, orphans []int64) error {
	gone, err := tx.TakeFromGone(silent)
	if err != nil {
		return err
	}
	left, err := tx.TakeJobs(orphans)
	if left = append(left, gone...); err != nil || len(left) == 0 {
		return err
	}
	var params []river.InsertManyParams
	for _, l := range left {
		var j Job
		if err := json.Unmarshal([]byte(l.Args), &j); err != nil {
			continue // no job of ours
		}
		params = append(params, river.InsertManyParams{Args: j, InsertOpts: options(l.Queue, usual)})
	}
	if len(params) == 0 {
		return nil
	}
	_, err = q.client.InsertManyTx(ctx, tx.Tx, params)
	return err
}

// adopt works the queues whose needs this machine meets.
func (q *Queue) adopt(needs map[string]string) error {
	for name, text := range needs {
		q.mu.Lock()
		_, known := q.queues[name]
		q.mu.Unlock()
		if known {
			continue
		}
		var n Needs
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			continue // of another version
		}
		python, lacks := q.Offer.Meets(n)
		if lacks != "" {
			continue
		}
		q.mu.Lock()
		q.queues[name] = python
		q.mu.Unlock()
		if err := q.client.Queues().Add(name, river.QueueConfig{MaxWorkers: q.Slots}); err != nil {
			return fmt.Errorf("work the queue: %w", err)
		}
	}
	return nil
}
