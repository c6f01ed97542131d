package cohort_test

import (
	"context"
	"os"
	"testing"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// options give what grading for a challenge of this repository's course takes.
func options(t testing.TB, id string) cohort.Options {
	t.Helper()
	o, err := optionsOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func optionsOf(ctx context.Context, id string) (o cohort.Options, err error) {
	co, err := course.Open("../..")
	if err != nil {
		return o, err
	}
	ch, err := co.Challenge(id)
	if err != nil {
		return o, err
	}
	solution, err := co.Solution(id)
	if err != nil {
		return o, err
	}
	interpreter, err := python.Find(ctx, os.Getenv("GILCOURSE_PYTHON"))
	return cohort.Options{Settings: observe.Settings{Version: "test", Python: interpreter}, Name: id, Tasks: []cohort.Task{{Challenge: ch, Solution: solution}}}, err
}

func challenges(o cohort.Options) []*spec.Challenge {
	var all []*spec.Challenge
	for _, t := range o.Tasks {
		all = append(all, t.Challenge)
	}
	return all
}
