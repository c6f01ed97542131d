// Package plan decides what is run, in which order and at which size. It does
// no I/O.
package plan

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// clockAlpha is the chance that noise alone makes the clock refute a correct
// submission, over all looks of a check.
const clockAlpha = 0.01

// A pilot run is good enough to be judged where its tasks took between these
// multiples of the wanted CPU time.
const (
	shortest = 0.5
	longest  = 4
	// MaxPilots is how often the size is looked for.
	MaxPilots = 4
	// growth bounds the step from one pilot to the next.
	growth = 16
)

// Rounds is the stopping rule of a challenge, fixed before the first round.
func Rounds(c *spec.Challenge) stat.Rounds {
	return stat.Rounds{Min: c.Rounds.Min, Max: c.Rounds.Max, Alpha: clockAlpha}
}

const (
	// leastPatience is how long a run may compute, or do nothing at all, however
	// short it should be.
	leastPatience = 8 * time.Second
	// patient is how many times longer than it should take a run may compute.
	patient = 5
)

// LongestRun is how long a run may compute that should take so much CPU time, 0 where
// that is hardly any, and how long it may do nothing at all.
func LongestRun(expected time.Duration) time.Duration {
	return max(leastPatience, patient*expected)
}

// AsWritten is how long a run may do nothing at all that takes its time.
const AsWritten = 12 * time.Second

// phases is how many ways of working a script shows.
const phases = 3

// Expected is the CPU time that a scaled run takes in which each task takes so long.
func Expected(c *spec.Challenge, task time.Duration) time.Duration {
	return phases * time.Duration(max(1, c.Tasks)) * task
}

// Slow is the size for a run that may tell a slow task from an endless one, and how
// long that may compute.
func Slow(size int64) (int64, time.Duration) { return max(1, size/growth), leastPatience / 2 }

// Look is one stretch of observation.
type Look struct {
	Number int           // from 1
	Task   time.Duration // of CPU time, that each task of a scaled script takes
	Rounds stat.Rounds
}

// Looks are the looks at a script, in order: a short one of a single round, and a
// longer one by the challenge's stopping rule. A pass at the first stands, and what
// does not pass is looked at again, as in double sampling: a lot is accepted after the
// first, small sample where that is clearly good, and everything else takes the second
// (Dodge and Romig, "A Method of Sampling Inspection", Bell System Technical Journal 8,
// 1929). So the chance of a wrong fail is no larger than that of the second look alone;
// that of a wrong pass is at most the sum of both, and the first keeps its part small
// by the distance that it wants from every limit (verdict.Result.Open). The clock
// decides nothing in a single round, so its chances of error stay those of the
// stopping rule. One look is all where the first would be no shorter, or a run takes
// its time as written.
func Looks(c *spec.Challenge, scalable bool) []Look {
	rule := Rounds(c)
	if !scalable {
		return []Look{{1, 0, stat.Rounds{Min: 1, Max: 1, Alpha: rule.Alpha}}}
	}
	first, second := time.Duration(c.Size.First), time.Duration(c.Size.Task)
	if first >= second {
		return []Look{{1, second, rule}}
	}
	return []Look{{1, first, stat.Rounds{Min: 1, Max: 1, Alpha: rule.Alpha}}, {2, second, rule}}
}

// RoundOrder gives the order of a round: who begins alternates, so that neither is
// always the one that finds the machine warm.
func RoundOrder(round int) [2]record.Whose {
	if round%2 == 0 {
		return [2]record.Whose{record.Learner, record.Reference}
	}
	return [2]record.Whose{record.Reference, record.Learner}
}

// FirstSize is the size at which the lesson's own loop would take the wanted
// CPU time on this interpreter; at most the lesson's size.
func FirstSize(c *spec.Challenge, want time.Duration, loopNS float64) int64 {
	if loopNS <= 0 {
		return c.Size.Lesson
	}
	return round(c, float64(want)/loopNS)
}

// NextSize gives a better size after a pilot run at this size in which one
// task used this much CPU time, where it should use the wanted one, and false where
// the pilot was good enough or no other size can be had.
func NextSize(c *spec.Challenge, want time.Duration, size int64, task time.Duration) (int64, bool) {
	if ratio := float64(task) / float64(want); ratio >= shortest && ratio <= longest {
		return size, false
	}
	factor := min(growth, float64(want)/max(float64(task), float64(want)/growth))
	next := round(c, float64(size)*factor)
	return next, next != size
}

// LongerSize is the size of a longer look after a shorter one at this size.
func LongerSize(c *spec.Challenge, size int64, from, to time.Duration) int64 {
	return round(c, float64(size)*float64(to)/float64(from))
}

// round keeps two digits of the size, and no more than the lesson's.
func round(c *spec.Challenge, size float64) int64 {
	n := max(1, int64(size))
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return min(n/unit*unit, c.Size.Lesson)
}

// Scale gives the source with the expressions that stand for the lesson's
// size replaced. Every line keeps its number.
func Scale(file string, source []byte, at []record.SizeAt, size int64) ([]byte, error) {
	places := slices.DeleteFunc(slices.Clone(at), func(s record.SizeAt) bool { return s.File != file })
	slices.SortFunc(places, func(a, b record.SizeAt) int { // from the end
		return cmp.Or(cmp.Compare(b.Line, a.Line), cmp.Compare(b.Col, a.Col))
	})
	starts := []int{0}
	for i, c := range source {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	out := slices.Clone(source)
	for _, p := range places {
		if p.Line < 1 || p.EndLine < p.Line || p.EndLine > len(starts) {
			return nil, fmt.Errorf("scale %s: line %d is not in the file", file, p.Line)
		}
		from, to := starts[p.Line-1]+p.Col, starts[p.EndLine-1]+p.EndCol
		if from > to || to > len(source) {
			return nil, fmt.Errorf("scale %s: line %d is shorter than column %d", file, p.Line, p.EndCol)
		}
		text := literal(p, size)
		text = append(text, bytes.Repeat([]byte("\\\n"), bytes.Count(source[from:to], []byte("\n")))...)
		out = slices.Replace(out, from, to, text...)
	}
	return out, nil
}

func literal(p record.SizeAt, size int64) []byte {
	n := strconv.FormatInt(size+int64(p.Add), 10)
	switch p.Kind {
	case "str":
		return []byte(`"` + n + `"`)
	case "float":
		return []byte(" " + n + ".0")
	}
	return []byte(" " + n) // a blank: the expression may follow a word, as in `return(50)`
}
