package script

import (
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
)

// taskTime is the CPU time that a task of the run should have taken.
func (k *kind) taskTime(run *record.Run) time.Duration {
	if run.Look == 1 {
		return time.Duration(k.Spec.Size.First)
	}
	return time.Duration(k.Spec.Size.Task)
}

// shortness is how long a task of the run should have been, as a share of one of the
// longest look.
func (k *kind) shortness(run *record.Run) float64 {
	if k.Spec.Size.Task <= 0 {
		return 1
	}
	return float64(k.taskTime(run)) / float64(k.Spec.Size.Task)
}
