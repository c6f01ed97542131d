package advice

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// table is the spec of the real challenge: its words are what is tried.
func table(t *testing.T) *spec.Analysis {
	t.Helper()
	file := "../../challenges/challenge3/strategy-analyzer/challenge.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := spec.Parse("challenge3/strategy-analyzer", file, data)
	if err != nil {
		t.Fatal(err)
	}
	return c.Analysis
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"I/O-bound (5 API calls, 1s each)": "io bound 5 api calls 1s each",
		"ProcessPoolExecutor":              "process pool executor",
		"THREADING_TEMPLATE":               "threading template",
		"CPUBound":                         "cpu bound",
		"asyncio.TaskGroup":                "asyncio task group",
		"up to 3.5x — on 4 cores":          "up to 3.5x on 4 cores",
		"Speicher-gebunden: Größe":         "speicher gebunden größe",
		"":                                 "",
	} {
		if got := strings.Join(Words(text), " "); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestStrategiesByMeaning(t *testing.T) {
	r := reader{Analysis: table(t)}
	for text, want := range map[string]string{
		"Multiprocessing (ProcessPoolExecutor)":       "multiprocessing",
		"ProcessPoolExecutor":                         "multiprocessing",
		"multi-processing":                            "multiprocessing",
		"Multiprocessing with shared memory":          "multiprocessing",
		"MULTIPROCESSING":                             "multiprocessing",
		"processes, not threads":                      "multiprocessing",
		"Asyncio (TaskGroup/gather)":                  "asyncio",
		"AsyncIO":                                     "asyncio",
		"event loop":                                  "asyncio",
		"Asyncio + ProcessPoolExecutor":               "hybrid",
		"Asyncio (gather) + processes":                "hybrid",
		"asyncio with an executor of processes":       "hybrid",
		"Hybrid: asyncio + process pool":              "hybrid",
		"Threading (ThreadPoolExecutor)":              "threading",
		"threads rather than processes":               "threading",
		"multi-threading":                             "threading",
		"a bigger machine":                            "",
		"Single-threaded (no concurrency)":            "",
		"Single process with CUDA streams":            "",
		"Asyncio (single-threaded, one process)":      "asyncio",
		"one process per core":                        "multiprocessing",
		"thread pool + process pool":                  "hybrid",
		"threads and processes":                       "hybrid",
		"ThreadPoolExecutor & ProcessPoolExecutor":    "hybrid",
		"TaskGroup / gather":                          "asyncio",
		"loop.run_in_executor(ProcessPoolExecutor())": "hybrid",
		"mp.Pool":             "multiprocessing",
		"NumPy vectorization": "",
		"Prozesse":            "multiprocessing",
		"マルチスレッド":             "threading",
		"":                    "",
	} {
		if got := r.strategy(text); got != want {
			t.Errorf("%q means %q, want %q", text, got, want)
		}
	}
}

func TestWorkloadsByMeaning(t *testing.T) {
	r := reader{Analysis: table(t)}
	for text, want := range map[string]string{
		"CPU-heavy":                        "cpu",
		"cpu_bound":                        "cpu",
		"Workload.CPU":                     "cpu",
		"CPU-bound (50M calculation)":      "cpu",
		"CPU-heavy (no I/O)":               "cpu",
		"I/O-bound (5 API calls, 1s each)": "io",
		"IO_HEAVY":                         "io",
		"Hybrid (fetch + process + store)": "hybrid",
		"Mixed I/O and CPU":                "hybrid",
		"I/O + CPU pipeline":               "hybrid",
		"GPU-bound (model inference)":      "gpu",
		"gpu":                              "gpu",
		"Memory-bound (large arrays)":      "memory",
		"MEMORY":                           "memory",
		"something else":                   "",
	} {
		if got := r.workload(text); got != want {
			t.Errorf("%q means %q, want %q", text, got, want)
		}
	}
}

func TestFigures(t *testing.T) {
	for text, want := range map[string][]Figure{
		"3.5x on 4 cores":                        {{Lo: 3.5, Hi: 3.5, Cores: 4}},
		"up to 3.6x on 4 cores":                  {{Lo: 3.6, Hi: 3.6, Cores: 4}},
		"1.8x on 2 cores, 3.5x on 4 cores":       {{Lo: 1.8, Hi: 1.8, Cores: 2}, {Lo: 3.5, Hi: 3.5, Cores: 4}},
		"5x (concurrent vs sequential)":          {{Lo: 5, Hi: 5}},
		"5x (5 concurrent calls)":                {{Lo: 5, Hi: 5, Waits: 5}},
		"9.5x for 10 concurrent requests":        {{Lo: 9.5, Hi: 9.5, Waits: 10}},
		"~3x overall (limited by slowest stage)": {{Lo: 3, Hi: 3}},
		"1.5-2x":                                 {{Lo: 1.5, Hi: 2}},
		"≈1.2–1.5×":                              {{Lo: 1.2, Hi: 1.5}},
		"2.5-3x on 4 cores":                      {{Lo: 2.5, Hi: 3, Cores: 4}},
		"5.0 times with 5 concurrent requests":   {{Lo: 5, Hi: 5, Waits: 5}},
		"1.3x with 2 threads":                    {{Lo: 1.3, Hi: 1.3, Waits: 2}},
		"approx. 3.5x by 4 cores":                {{Lo: 3.5, Hi: 3.5, Cores: 4}},
		"3.5":                                    {{Lo: 3.5, Hi: 3.5}},
		"3.0-3.8":                                {{Lo: 3, Hi: 3.8}},
		"factor 3,5":                             {{Lo: 3.5, Hi: 3.5}},
		"400% faster":                            {{Lo: 5, Hi: 5}},
		"~Nx":                                    {{Symbolic: true}},
		"Nx where N is the number of calls":      {{Symbolic: true}},
		"infinite (waiting is free)":             {{Infinite: true}},
		"instant (5 concurrent calls)":           nil,
		"3.5 on 4 cores":                         {{Lo: 3.5, Hi: 3.5, Cores: 4}},
		"very fast":                              nil,
		"12 s -> 3 s":                            {{Lo: 4, Hi: 4}},
		"12 seconds to 4 seconds":                {{Lo: 3, Hi: 3}},
		"~1×–1.5×":                               {{Lo: 1, Hi: 1.5}},
		"1.8x on 2 GPUs":                         {{Lo: 1.8, Hi: 1.8, Waits: 2}},
		"":                                       nil,
	} {
		if got := Figures(text); !slices.Equal(got, want) {
			t.Errorf("%q has %+v, want %+v", text, got, want)
		}
	}
	if n := Waits("I/O-bound (5 API calls, 1s each)"); n != 5 {
		t.Errorf("%d API calls", n)
	}
}

// rows makes a table of unnamed parts.
func rows(keys bool, entries ...[]string) record.Table {
	tab := record.Table{Name: "M", Used: true}
	for _, e := range entries {
		var row record.Row
		if keys {
			row.Keys, e = e[:1], e[1:]
		}
		for _, text := range e {
			row.Parts = append(row.Parts, record.Part{Text: text})
		}
		tab.Rows = append(tab.Rows, row)
	}
	return tab
}

var advised = [][]string{
	{"CPU-heavy", "Multiprocessing", "the GIL blocks threads; two workers", "3.5x on 4 cores"},
	{"I/O-heavy", "Asyncio", "the GIL is free while a request waits", "approx. 5x by 5 concurrent requests"},
	{"Hybrid", "Asyncio + ProcessPoolExecutor", "waits in the loop, the GIL left to processes", "3x"},
	{"GPU", "threads", "the device computes without the GIL", "1.5-2x"},
	{"memory", "Threading", "bulk copies release the GIL", "1.3"},
}

// TestMatrixByShape finds the parts in any order, with and without keys and
// names, and takes the fullest table.
func TestMatrixByShape(t *testing.T) {
	a := table(t)
	decoy := rows(true, []string{"CPU-heavy", "numpy", "4"}, []string{"I/O-heavy", "requests", "5"}, []string{"GPU", "torch", "1"})
	var turned [][]string
	for _, e := range advised {
		turned = append(turned, []string{e[0], e[3], e[1], e[2]})
	}
	named := record.Table{Name: "N"}
	for _, e := range advised {
		named.Rows = append(named.Rows, record.Row{Parts: []record.Part{{Name: "kind", Text: e[0]}, {Name: "gil_impact", Text: "the GIL matters here"},
			{Name: "expected_speedup", Text: e[3]}, {Name: "overhead", Text: e[2]}, {Name: "best", Text: e[1]}}})
	}
	for name, tab := range map[string]record.Table{"mapping": rows(true, advised...), "sequence": rows(false, advised...), "turned": rows(false, turned...), "named": named} {
		m := ReadMatrix(a, &record.Contents{Tables: []record.Table{decoy, tab}})
		if m == nil || len(m.Entries) != 5 {
			t.Errorf("%s: %+v", name, m)
			continue
		}
		for i, e := range advised {
			got := m.Entry([]string{"cpu", "io", "hybrid", "gpu", "memory"}[i])
			if got == nil || !got.Complete() || !strings.Contains(got.Reasoning, e[2]) || got.Speedup != e[3] ||
				got.Strategy != []string{"multiprocessing", "asyncio", "hybrid", "threading", "threading"}[i] {
				t.Errorf("%s: %s is %+v", name, e[0], got)
			}
		}
	}
	if m := ReadMatrix(a, &record.Contents{Tables: []record.Table{rows(true, []string{"a", "b", "c"}, []string{"d", "e", "f"}, []string{"g", "h", "i"})}}); m != nil {
		t.Errorf("a table of something else is taken: %+v", m)
	}
	pairs := rows(true)
	for _, e := range advised {
		pairs.Rows = append(pairs.Rows, record.Row{Keys: e[:1], Parts: []record.Part{{Text: e[1]}, {Text: e[2]}}})
	}
	if m := ReadMatrix(a, &record.Contents{Tables: []record.Table{pairs}}); m == nil || m.Entries[0].Complete() || !slices.Equal(m.Entries[0].Lacks(), []string{"expected speedup"}) {
		t.Errorf("pairs lack their speedup: %+v", m)
	}
}

// TestPrinted reads the lesson's form and others, and tells what is missing or
// another thing.
func TestPrinted(t *testing.T) {
	a := table(t)
	m := ReadMatrix(a, &record.Contents{Tables: []record.Table{rows(true, advised...)}})
	print := func(format func(e []string) string) string {
		var b strings.Builder
		b.WriteString("=== Workload Analysis ===\n")
		for _, e := range advised {
			b.WriteString(format(e))
		}
		return b.String()
	}
	whole := map[string]string{
		"lesson": print(func(e []string) string {
			return e[0] + ":\nRecommended: " + e[1] + "\nReasoning: " + e[2] + "\nExpected speedup: " + e[3] + "\n\n"
		}),
		"table": print(func(e []string) string { return "| " + e[0] + " | " + e[1] + " | " + e[2] + " | " + e[3] + " |\n" }),
		"log": print(func(e []string) string {
			return "INFO 1. " + e[0] + "\nINFO   speedup = " + e[3] + "\nINFO   strategy = " + e[1] + "\nINFO   why = " + e[2] + "\n"
		}),
		"one line": print(func(e []string) string {
			return "- " + e[0] + ": " + e[1] + "\n    reasoning: " + e[2] + "\n    expected speedup: " + e[3] + "\n"
		}),
		"colours": print(func(e []string) string {
			return "\x1b[1m" + e[0] + "\x1b[0m\n* Strategy: " + strings.ToUpper(e[1]) + "\n* " + e[2] + "\n* " + e[3] + "\n"
		}),
		"wrapped": print(func(e []string) string {
			return e[0] + "\n  Recommended ..... " + e[1] + "\n  Reasoning ....... " + strings.ReplaceAll(e[2], "; ", ";\n    ") + "\n  Speedup ......... " + e[3] + "\n"
		}),
		"reason first": print(func(e []string) string {
			return e[0] + "\nReasoning: for " + e[0] + " work " + e[2] + "\nStrategy: " + e[1] + "\nSpeedup: " + e[3] + "\n"
		}),
	}
	for name, out := range whole {
		for i, p := range ReadPrinted(a, m, out) {
			if !p.Whole() || !p.Shown() {
				t.Errorf("%s: %s is %+v", name, m.Entries[i].Workload, p)
			}
		}
	}
	lesson := whole["lesson"]
	if p := ReadPrinted(a, m, strings.Replace(lesson, "Recommended: Asyncio\n", "Recommended: Threading\n", 1))[1]; p.Other != "threading" || p.Strategy {
		t.Errorf("another strategy: %+v", p)
	}
	unlabelled := printed(advised, func(e []string) string {
		return e[0] + "\n" + strings.Replace(e[1], "Asyncio", "Threading", 1) + "\n" + strings.Replace(e[2], "request", "request of asyncio", 1) + "\n" + e[3] + "\n"
	})
	m2 := ReadMatrix(a, &record.Contents{Tables: []record.Table{rows(true, append([][]string{{"I/O-heavy", "Asyncio", "the GIL is free while a request of asyncio waits", "approx. 5x by 5 concurrent requests"}}, advised...)...)}})
	if p := ReadPrinted(a, m2, unlabelled)[0]; p.Strategy {
		t.Errorf("the reason alone names the strategy: %+v", p)
	}
	if p := ReadPrinted(a, m, strings.Replace(lesson, "Expected speedup: 3.5x", "Expected speedup: 2.5x", 1))[0]; p.Speedup || p.Figure != 2.5 {
		t.Errorf("another figure: %+v", p)
	}
	if p := ReadPrinted(a, m, strings.Replace(lesson, "Reasoning: the GIL is free while a request waits\n", "", 1))[1]; p.Reasoning || p.Shown() {
		t.Errorf("no reason: %+v", p)
	}
	if p := ReadPrinted(a, m, strings.Replace(lesson, "Expected speedup: 1.3\n", "", 1))[4]; p.Speedup {
		t.Errorf("no figure: %+v", p)
	}
	if p := ReadPrinted(a, m, "")[0]; p.Named {
		t.Errorf("nothing printed: %+v", p)
	}
}

// TestLessonTitles reads the lesson's own form to the letter: the titles are
// its, the keys are the learner's, and a reason begins with a workload's name.
func TestLessonTitles(t *testing.T) {
	a := table(t)
	entries := [][]string{
		{"cpu_heavy", "Multiprocessing (ProcessPoolExecutor)", "CPU-bound, GIL prevents threading parallelism", "3.5x on 4 cores"},
		{"io_heavy", "Asyncio (TaskGroup/gather)", "I/O-bound, asyncio allows concurrency, low overhead", "5x (concurrent vs sequential)"},
		{"mixed", "Asyncio + ProcessPoolExecutor", "Async I/O + parallel CPU work", "3x overall (limited by slowest stage)"},
		{"gpu", "Threading", "GPU-bound, the GIL is released by the driver", "1.5x"},
		{"mem", "Multiprocessing", "Memory-bound, the bus is shared", "1.5x on 4 cores"},
	}
	titles := []string{"CPU-bound (50M calculation)", "I/O-bound (5 API calls, 1s each)", "Hybrid (fetch + process + store)", "GPU-bound (one model)", "Memory-bound (4 GB)"}
	var out strings.Builder
	out.WriteString("=== Workload Analysis ===\n")
	for i, e := range entries {
		out.WriteString(titles[i] + ":\nRecommended: " + e[1] + "\nReasoning: " + e[2] + "\nExpected speedup: " + e[3] + "\n\n")
	}
	m := ReadMatrix(a, &record.Contents{Tables: []record.Table{rows(true, entries...)}})
	for i, p := range ReadPrinted(a, m, out.String()) {
		if !p.Whole() {
			t.Errorf("%s is %+v", m.Entries[i].Workload, p)
		}
	}
}

func TestAlike(t *testing.T) {
	if !Alike("For CPU-heavy work the GIL and the overhead decide about the choice", "For I/O-heavy work the GIL and the overhead decide about the choice") {
		t.Error("the workload's name alone makes no other reason")
	}
	if Alike(advised[0][2], advised[1][2]) {
		t.Error("these are different reasons")
	}
}

// TestTemplates prefers collections to names, programs to functions, and what
// can be run to what cannot.
func TestTemplates(t *testing.T) {
	a := table(t)
	item := []record.Step{{Attr: "T"}, {Key: new(int)}}
	one := []record.Step{{Attr: "f"}}
	c := &record.Contents{Snippets: []record.Snippet{
		{Names: []string{"run_thread_worker"}, Kind: "function", Steps: one, Needs: []string{"job"}},
		{Names: []string{"process_threads"}, Kind: "function", Steps: one},
		{Names: []string{"threading_template"}, Kind: "function", Steps: one},
		{Names: []string{"TEMPLATES", "multiprocessing"}, Kind: "source", Steps: item},
		{Names: []string{"MULTIPROCESSING_TEMPLATE"}, Kind: "source", Steps: one},
		{Names: []string{"Asyncio"}, Kind: "class", Steps: one, Runs: "run"},
		{Names: []string{"Asyncio", "run"}, Kind: "function", Steps: one},
		{Names: []string{"MATRIX", "Hybrid (fetch + process)", "Asyncio + ProcessPoolExecutor", "template"}, Kind: "source", Steps: item},
		{Names: []string{"_fetch_async"}, Kind: "function", Steps: one},
	}}
	if got := Templates(a, c); !slices.Equal(got, []int{2, 3, 5, 7}) {
		t.Errorf("threading, multiprocessing, asyncio, hybrid are %v", got)
	}
	if got := Templates(a, &record.Contents{}); !slices.Equal(got, []int{-1, -1, -1, -1}) {
		t.Errorf("of nothing: %v", got)
	}
}

// printed writes the entries in a form.
func printed(entries [][]string, format func(e []string) string) string {
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(format(e))
	}
	return b.String()
}

// TestLayouts reads what is printed whatever its layout.
func TestLayouts(t *testing.T) {
	a := table(t)
	each := func(i int) func([]string) string { return func(e []string) string { return e[0] + "  " + e[i] + "\n" } }
	transposed := ""
	for i, head := range []string{"", "Strategy", "Reasoning", "Speedup"} {
		transposed += head
		for _, e := range advised {
			transposed += " | " + e[i]
		}
		transposed += "\n"
	}
	for name, out := range map[string]string{
		"one line of Python": "{" + printed(advised, func(e []string) string {
			return "'" + e[0] + "': ('" + strings.Join(e[1:], "', '") + "'), "
		}) + "}\n",
		"one line of objects": "[" + printed(advised, func(e []string) string {
			return "Entry(workload='" + e[0] + "', strategy='" + e[1] + "', reasoning='" + e[2] + "', speedup='" + e[3] + "'), "
		}) + "]\n",
		"three lists":                     "STRATEGIES\n" + printed(advised, each(1)) + "\nREASONS\n" + printed(advised, each(2)) + "\nSPEEDUPS\n" + printed(advised, each(3)),
		"reasons, and a line of the rest": "Reasons\n" + printed(advised, each(2)) + "In short: " + printed(advised, func(e []string) string { return e[0] + " = " + e[1] + " (" + e[3] + "), " }) + "\n",
		"a column each":                   transposed,
		"keys in the order of the alphabet": printed(advised, func(e []string) string {
			return "{\n  \"reasoning\": \"" + e[2] + "\",\n  \"speedup\": \"" + e[3] + "\",\n  \"strategy\": \"" + e[1] + "\",\n  \"workload\": \"" + e[0] + "\"\n}\n\n"
		}),
		"titles in another language": func() string {
			titles, i := []string{"Rechenlast", "Netzlast", "Mischlast", "Grafikkarte", "Arbeitsspeicher"}, -1
			return printed(advised, func(e []string) string {
				i++
				return "* " + titles[i] + "\n  Empfehlung: " + e[1] + "\n  Begründung: " + e[2] + "\n  Faktor: " + e[3] + "\n"
			})
		}(),
		"a label that is not the matrix's": printed(advised, func(e []string) string {
			return e[0] + "\n  -> " + map[string]string{"Asyncio": "Async IO"}[e[1]] + e[1] + "\n  " + e[2] + "\n  " + e[3] + "\n"
		}),
	} {
		m := ReadMatrix(a, &record.Contents{Tables: []record.Table{rows(true, advised...)}})
		for i, p := range ReadPrinted(a, m, out) {
			if !p.Whole() {
				t.Errorf("%s: %s is %+v", name, m.Entries[i].Workload, p)
			}
		}
	}
}

// TestMatrixThatDecides takes the table whose entries recommend something for
// the matrix: profiles, labels and descriptions are none.
func TestMatrixThatDecides(t *testing.T) {
	a := table(t)
	profiles := record.Table{Name: "PROFILES", Used: true}
	for _, e := range advised {
		profiles.Rows = append(profiles.Rows, record.Row{Keys: e[:1], Parts: []record.Part{{Name: "label", Text: "50M calculation"}, {Name: "cpu", Text: "0.97", Number: true},
			{Name: "tasks", Text: "4", Number: true}, {Name: "bandwidth_limited", Text: "False"}}})
	}
	second := rows(true, advised...)
	second.Name = "SECOND_BEST"
	for i := range second.Rows {
		second.Rows[i].Parts = slices.Clone(second.Rows[i].Parts)
		second.Rows[i].Parts[1].Text = "an alternative where the first is not to be had"
	}
	output := printed(advised, func(e []string) string { return strings.Join(e, "\n") + "\n\n" })
	for name, tables := range map[string][]record.Table{
		"profiles first":           {profiles, rows(true, advised...)},
		"another that is complete": {second, rows(true, advised...)},
	} {
		if m, p := Read(a, &record.Contents{Tables: tables}, output); m == nil || m.Table.Name != "M" || len(p) != 5 || !p[0].Whole() {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// TestWorkloadsByTitleAndPlace knows a workload by the text that stands under
// its key elsewhere, then by its place.
func TestWorkloadsByTitleAndPlace(t *testing.T) {
	a := table(t)
	var keyed [][]string
	for i, e := range advised {
		keyed = append(keyed, append([]string{string(rune('A' + i))}, e[1:]...))
	}
	labels := []record.Row{}
	for i, e := range advised {
		labels = append(labels, record.Row{Keys: keyed[i][:1], Parts: []record.Part{{Text: e[0] + " (for example)"}}})
	}
	turned := slices.Clone(keyed)
	slices.Reverse(turned)
	for name, c := range map[string]*record.Contents{
		"by title": {Tables: []record.Table{rows(true, turned...)}, Labels: labels},
		"by place": {Tables: []record.Table{rows(true, keyed...)}},
	} {
		m := ReadMatrix(a, c)
		if m == nil || len(m.Entries) != 5 || m.Entry("io").Texts[0] != "Asyncio" || m.Entry("memory").Texts[0] != "Threading" {
			t.Errorf("%s: %+v", name, m)
		}
	}
}
