package advice

import (
	"os"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// FuzzAdvice reads what an analyzer holds and prints.
func FuzzAdvice(f *testing.F) {
	file := "../../challenges/challenge3/strategy-analyzer/challenge.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	c, err := spec.Parse("challenge3/strategy-analyzer", file, data)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		"CPU-heavy: multiprocessing, 3.5x on 4 cores", "up to 8-16x", "I/O-bound | asyncio | 10x for 10 waits", "100\u00d7, \u221e, 1e999, 50 % faster, N times",
		"two to three times", "1/0x", "\x1b[31m3x", "Workload: GPU\n  Strategy: threading\n  Reasoning: the GIL is released\n  Speedup: 2-4x\n",
	} {
		f.Add("CPU-heavy", s)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		Figures(text)
		Waits(text)
		Alike(key, text)
		part := func(s string) record.Part { return record.Part{Name: key, Text: s} }
		row := record.Row{Keys: []string{key}, Parts: []record.Part{part("asyncio"), part(text), part("3x")}}
		m := ReadMatrix(c.Analysis, &record.Contents{Tables: []record.Table{{Name: key, Rows: []record.Row{row, row, {Keys: []string{"I/O-heavy"}, Parts: row.Parts}}}}})
		if m != nil {
			for _, e := range m.Entries {
				e.Complete()
				e.Lacks()
			}
			ReadPrinted(c.Analysis, m, text)
		}
		Templates(c.Analysis, &record.Contents{Snippets: []record.Snippet{{Names: []string{key, text}, Kind: "source", Source: text}}})
	})
}
