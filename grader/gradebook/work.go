package gradebook

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// States of a measurement.
const (
	Waiting = "open"    // nothing is known yet
	Again   = "again"   // inconclusive, to be measured once more
	Done    = "done"    // there is a record
	Refused = "refused" // the submission cannot be taken in
	Failed  = "failed"  // the grader itself failed
)

// Measurement is how far it is with the record of a key.
type Measurement struct {
	Key    string
	State  string
	Tries  int // how often it was measured since it was asked for
	Error  string
	Worker string        // who measured it last
	Age    time.Duration // since it changed
}

// OpenMeasurement asks for the record of a key; it reports whether it is to be
// measured: what is there is, if it is to be fresh.
func (tx *Tx) OpenMeasurement(key string, fresh bool) (bool, error) {
	over := `state IN ('failed', 'refused') OR measurements.state = 'done' AND NOT EXISTS (SELECT 1 FROM records r WHERE r.key = measurements.key)`
	if fresh {
		over = `state IN ('failed', 'refused', 'done')`
	}
	err := tx.exec(`INSERT INTO measurements (key, state, tries, error, worker, changed) VALUES ($1, 'open', 0, '', '', {now})
		ON CONFLICT (key) DO UPDATE SET state = 'open', tries = 0, error = '', worker = '', changed = excluded.changed WHERE measurements.`+over, key)
	if err != nil {
		return false, err
	}
	var state string // held until the job is in the queue, so that it is not completed meanwhile
	_, err = tx.one([]any{&state}, `SELECT state FROM measurements WHERE key = $1 {lock}`, key)
	return state == Waiting || state == Again, err
}

// HoldMeasurement keeps others from a measurement until the transaction ends.
func (tx *Tx) HoldMeasurement(key string) error {
	var state string
	_, err := tx.one([]any{&state}, `SELECT state FROM measurements WHERE key = $1 {lock}`, key)
	return err
}

// KeepMeasurement keeps what came of a measurement.
func (tx *Tx) KeepMeasurement(m Measurement) error {
	return tx.exec(`UPDATE measurements SET state = $2, tries = $3, error = $4, worker = $5, changed = {now} WHERE key = $1`, m.Key, m.State, m.Tries, m.Error, m.Worker)
}

// Measurement gives how far it is with the record of a key.
func (tx *Tx) Measurement(key string) (Measurement, error) {
	all, err := tx.Measurements([]string{key})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("nobody has asked for the record %s", key)
	}
	return all[key], err
}

// Measurements gives how far it is with the records of some keys.
func (tx *Tx) Measurements(keys []string) (map[string]Measurement, error) {
	all := map[string]Measurement{}
	for some := range slices.Chunk(keys, most) {
		marks, args := list(1, some)
		err := tx.each(func(scan func(...any) error) error {
			var m Measurement
			var age int64
			err := scan(&m.Key, &m.State, &m.Tries, &m.Error, &m.Worker, &age)
			m.Age = time.Duration(age) * time.Millisecond
			all[m.Key] = m
			return err
		}, `SELECT key, state, tries, error, worker, {now} - changed FROM measurements WHERE key IN (`+marks+`)`, args...)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Record gives the record under a key; it reports whether there is one.
func (tx *Tx) Record(key string) (r Record, found bool, err error) {
	err = tx.each(func(scan func(...any) error) error { found = true; return r.scan(scan) }, recordColumns+` WHERE key = $1`, key)
	return r, found, err
}

// Worker is a process that works the queue.
type Worker struct {
	ID     string
	Host   string // the machine
	PID    int
	Offer  string // JSON
	Queues []string
}

// KeepWorker says that a worker is there.
func (tx *Tx) KeepWorker(w Worker) error {
	queues, err := json.Marshal(append([]string{}, w.Queues...))
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO workers (id, host, pid, offer, queues, started, seen, ended) VALUES ($1, $2, $3, $4, $5, {now}, {now}, 0)
		ON CONFLICT (id) DO UPDATE SET queues = excluded.queues, seen = excluded.seen, ended = 0`, w.ID, w.Host, w.PID, w.Offer, string(queues))
}

// EndWorker says that a worker has ended.
func (tx *Tx) EndWorker(id string) error {
	return tx.exec(`UPDATE workers SET ended = 1 WHERE id = $1`, id)
}

// WorkersOn gives the process numbers of the workers on a machine that have not
// said that they have ended, by their ids.
func (tx *Tx) WorkersOn(host string) (map[string]int, error) {
	pids := map[string]int{}
	err := tx.each(func(scan func(...any) error) error {
		var id string
		var pid int
		err := scan(&id, &pid)
		pids[id] = pid
		return err
	}, `SELECT id, pid FROM workers WHERE host = $1 AND ended = 0`, host)
	return pids, err
}

// OtherWorker reports whether another worker that was heard of lately works a
// queue, too.
func (tx *Tx) OtherWorker(id, queue string, silent time.Duration) (there bool, err error) {
	err = tx.each(func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		var queues []string
		if err := json.Unmarshal([]byte(text), &queues); err != nil {
			return err
		}
		there = there || slices.Contains(queues, queue)
		return nil
	}, `SELECT queues FROM workers WHERE id <> $1 AND ended = 0 AND seen > {now} - $2`, id, silent.Milliseconds())
	return there, err
}

// KeepQueue says what the jobs of a queue need.
func (tx *Tx) KeepQueue(name, needs string) error {
	return tx.exec(`INSERT INTO queues (name, needs) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, needs)
}

// Queues gives the needs of all queues by their names.
func (tx *Tx) Queues() (map[string]string, error) {
	all := map[string]string{}
	err := tx.each(func(scan func(...any) error) error {
		var name, needs string
		err := scan(&name, &needs)
		all[name] = needs
		return err
	}, `SELECT name, needs FROM queues`)
	return all, err
}

// JobState gives the state of a queue's job, and holds it until the transaction
// ends; empty where there is no such job.
func (tx *Tx) JobState(id int64) (state string, err error) {
	_, err = tx.one([]any{&state}, `SELECT CAST(state AS TEXT) FROM river_job WHERE id = $1 {lock}`, id)
	return state, err
}

// RunningOf gives the numbers of the jobs that a worker has.
func (tx *Tx) RunningOf(worker string) (ids []int64, err error) {
	err = tx.each(func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM river_job WHERE state = 'running' AND {worker} = $1`, worker)
	return ids, err
}

// Left is a job whose worker is gone.
type Left struct{ Args, Queue string }

// TakeFromGone ends the jobs of workers that have ended, or were not heard of for
// so long, and gives them.
func (tx *Tx) TakeFromGone(silent time.Duration) ([]Left, error) {
	return tx.endJobs(`{worker} NOT IN (SELECT id FROM workers WHERE ended = 0 AND seen > {now} - $1)`, silent.Milliseconds())
}

// TakeJobs ends some jobs, as far as they are running, and gives them.
func (tx *Tx) TakeJobs(ids []int64) (left []Left, err error) {
	for _, id := range ids {
		some, err := tx.endJobs(`id = $1`, id)
		if err != nil {
			return nil, err
		}
		left = append(left, some...)
	}
	return left, nil
}

func (tx *Tx) endJobs(which string, args ...any) (left []Left, err error) {
	err = tx.each(func(scan func(...any) error) error {
		var l Left
		err := scan(&l.Args, &l.Queue)
		left = append(left, l)
		return err
	}, `UPDATE river_job SET state = 'cancelled', finalized_at = {stamp} WHERE state = 'running' AND `+which+` RETURNING {args}, queue`, args...)
	return left, err
}

// Unfinished counts the jobs of some queues that nobody has completed.
func (tx *Tx) Unfinished(queues []string) (n int, err error) {
	if len(queues) == 0 {
		return 0, nil
	}
	marks, args := list(1, queues)
	_, err = tx.one([]any{&n}, `SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') AND queue IN (`+marks+`)`, args...)
	return n, err
}
