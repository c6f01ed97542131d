package report

import (
	"bytes"
	"encoding/json"
	"io"
	"path"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// writeAutolab writes the two last lines of an Autolab driver's output: the
// feedback, a stage for each challenge, then the scores, a problem for each.
// Both are called by the last part of the challenge's id.
// https://docs.autolabproject.com/features/formatted-feedback/
func writeAutolab(w io.Writer, r Report, _ Options) error {
	var (
		names  []string // of the stages
		cases  = map[string]object{}
		scores = map[string]float64{}
	)
	for _, i := range r.items() {
		name := path.Base(i.Challenge)
		if _, ok := cases[name]; !ok {
			names = append(names, name)
		}
		one := object{{"passed", i.Counts == verdict.Pass}}
		if i.Verdict != verdict.Pass {
			one = append(one, member{"hint", i.story()})
		}
		cases[name] = append(cases[name], member{i.Title, one})
		scores[name] += i.Points
	}
	feedback := object{{"_presentation", "semantic"}, {"stages", names}}
	points := object{}
	for _, name := range names {
		feedback, points = append(feedback, member{name, cases[name]}), append(points, member{name, scores[name]})
	}
	if err := safetext.WriteLine(w, feedback); err != nil {
		return err
	}
	return safetext.WriteLine(w, object{{"scores", points}})
}

// object is a JSON object that keeps its order: Autolab shows it so.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
