package observe

import (
	"context"
	"time"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// moment runs the script as it was handed in, until it has used a little more CPU
// time than its copy used to the end of its first phase: the original must still be
// in that phase then, since its tasks are many times as large.
func (s *script) moment(ctx context.Context) error {
	copied := s.rec.Last(record.Learner)
	if copied == nil || !copied.End.OK() || !s.rec.Host.Scheduler || !plan.Scaled(s.Challenge, copied.Size) {
		return nil
	}
	first := phase.Cut(copied).First()
	if first == nil {
		return nil
	}
	cpu := plan.Moment(time.Duration(phase.Used(copied, first.End())) * time.Microsecond)
	wall := plan.LongestMoment(time.Duration(first.End())*time.Microsecond, cpu)
	run, err := s.run(ctx, s.learner, s.learner.dir, wall, sandbox.Patience{Busy: cpu}, 0)
	if err == nil {
		run.Moment = true
	}
	return err
}
