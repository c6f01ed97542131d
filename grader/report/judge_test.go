package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// FuzzJudge judges records that were written over, byte by byte.
func FuzzJudge(f *testing.F) {
	for _, text := range small(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) { rejudge(t, data) })
}

// FuzzFields judges records in which some fields hold what no run gives.
func FuzzFields(f *testing.F) {
	texts := small(f)
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		draw := rand.New(rand.NewPCG(seed, 0))
		rejudge(t, mutated(draw, texts[draw.IntN(len(texts))]))
	})
}

// TestMutated keeps the fuzzing honest: many of the records that it makes are
// judged, and many are not.
func TestMutated(t *testing.T) {
	texts, judged := small(t), 0
	const all = 300
	for seed := range uint64(all) {
		draw := rand.New(rand.NewPCG(seed, 0))
		if rejudge(t, mutated(draw, texts[draw.IntN(len(texts))])) {
			judged++
		}
	}
	if judged < all/10 || judged > all*9/10 {
		t.Errorf("%d of %d records were judged", judged, all)
	}
}

// rejudge reads a record as `gilcourse judge` does, and looks at what each format
// makes of it; false where it is refused.
func rejudge(t *testing.T, data []byte) bool {
	t.Helper()
	recs, err := record.Read(bytes.NewReader(data))
	if err != nil {
		return false
	}
	var rep Report
	for _, rec := range recs {
		if r, err := judge.Judge(rec); err == nil {
			rep.Challenges = append(rep.Challenges, r)
		}
	}
	if len(rep.Challenges) == 0 {
		return false
	}
	for _, format := range Formats() {
		for _, color := range []bool{false, true}[:1+min(1, strings.Count(format, "text"))] {
			var out bytes.Buffer
			if err := Write(&out, format, rep, Options{Color: color}); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if !color {
				safeOnScreen(t, format, out.String())
			}
			consumed(t, format, out.Bytes())
		}
	}
	return true
}

// consumed reads a report as whoever takes it does.
func consumed(t *testing.T, format string, out []byte) {
	t.Helper()
	switch format {
	case "junit":
		cases(t, out)
	case "json", "gradescope", "exercism", "prairielearn":
		decoded(t, out)
	case "autolab":
		for line := range bytes.Lines(out) {
			decoded(t, line)
		}
	case "classroom":
		text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(out)))
		if err != nil {
			t.Fatal(err)
		}
		decoded(t, text)
	case "csv":
		sheet(t, "a record", out, 2)
	}
}

// small gives records that are short, so that much of each is tried.
func small(t testing.TB) [][]byte {
	t.Helper()
	var texts [][]byte
	for _, name := range []string{"challenge3/gil-discovery/fail-processes-joined-in-start-loop", "challenge3/gil-discovery/pass-spawn-json-devops",
		"challenge3/gil-discovery/fail-crash-unpicklable-lambda", "challenge3/workarounds/fail-c-syntax-error", "challenge3/workarounds/pass-kept-executor",
		"challenge3/strategy-analyzer/fail-hybrid-default-executor", "practice/classify/fail-compression-is-io", "practice/lost-updates/pass-executor-and-one-function", "practice/measure-time/pass-beginner-with-prints"} {
		rec, err := recordings.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		rec.Runs = rec.Runs[:min(len(rec.Runs), 2)]
		for i := range rec.Runs {
			run := &rec.Runs[i]
			run.Tasks, run.Cores = run.Tasks[:min(len(run.Tasks), 12)], run.Cores[:min(len(run.Cores), 3)]
			run.Calls, run.Requests = run.Calls[:min(len(run.Calls), 12)], run.Requests[:min(len(run.Requests), 12)]
			for k := range run.Tasks {
				run.Tasks[k].Points = run.Tasks[k].Points[:min(len(run.Tasks[k].Points), 12)]
			}
		}
		var text bytes.Buffer
		if err := record.Write(&text, rec); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text.Bytes())
	}
	return texts
}

// mutated changes some fields and lines of a record.
func mutated(draw *rand.Rand, text []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	for range 1 + draw.IntN(6) {
		switch n := draw.IntN(len(lines)); draw.IntN(12) {
		case 0: // a line less, but for the header
			lines = append(lines[:max(1, n)], lines[max(1, n)+1:]...)
		case 1: // a line twice
			lines = append(lines[:n], append([][]byte{lines[n], lines[n]}, lines[n+1:]...)...)
		default:
			dec := json.NewDecoder(bytes.NewReader(lines[n]))
			dec.UseNumber()
			var v any
			if dec.Decode(&v) != nil {
				continue
			}
			change(draw, &v)
			if line, err := json.Marshal(v); err == nil {
				lines[n] = line
			}
		}
	}
	return bytes.Join(lines, []byte("\n"))
}

// change puts something odd in the place of one of the values in v.
func change(draw *rand.Rand, v *any) {
	for {
		switch in := (*v).(type) {
		case map[string]any:
			if len(in) == 0 || draw.IntN(40) == 0 {
				return
			}
			keys := slices.Sorted(maps.Keys(in)) // the seed decides, not a map's order
			k := keys[draw.IntN(len(keys))]
			if draw.IntN(30) == 0 {
				delete(in, k)
				return
			}
			inner := in[k]
			change(draw, &inner)
			in[k] = inner
			return
		case []any:
			if len(in) == 0 || draw.IntN(40) == 0 {
				*v = []any{}
				return
			}
			if draw.IntN(20) == 0 {
				*v = append(in, in[draw.IntN(len(in))])
				return
			}
			v = &in[draw.IntN(len(in))]
		case json.Number:
			numbers := []string{"0", "1", "-1", "2", "100", "10000", "8192", "1000000", "10000000000000", "9999999999999", "-10000000000000", "0.5", "1e-300",
				"9223372036854775807", "-9223372036854775808", "18446744073709551615", "1e308"}
			*v = json.Number(numbers[draw.IntN(len(numbers))])
			return
		case string:
			*v = hostile[draw.IntN(len(hostile))]
			if spec := strings.SplitAfter(in, "\n"); len(spec) > 20 { // challenge.yaml
				n := draw.IntN(len(spec))
				key, value, _ := strings.Cut(spec[n], ":")
				switch words := strings.Fields(value); {
				case draw.IntN(4) == 0:
					spec[n] = ""
				case draw.IntN(2) == 0 && len(words) > 0:
					spec[n] = key + ": " + []string{"0", "-1", "1e18", "100000", "null", "[]", "x"}[draw.IntN(7)] + "\n"
				default:
					text, _ := json.Marshal(hostile[draw.IntN(len(hostile))])
					spec[n] = key + ": " + string(text) + "\n"
				}
				*v = strings.Join(spec, "")
			}
			return
		case bool:
			*v = !in
			return
		default:
			return
		}
	}
}
