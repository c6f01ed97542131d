package script

import "strings"

// claimRows compare what was printed with what was observed: all of them at
// once, since one layout explains them.
var claimRows = []row{
	{name: "times.printed", all: func(k *kind, _ string) { k.claimQuantities() }, words: saysItself},
	{name: "times.agreement", all: compared, words: beside("times.agreement"), seen: says("the printed times are what was seen")},
	{name: "speedup.agreement", all: compared, words: beside("speedup.agreement"), seen: says("the printed times are what was seen")},
	{name: "utilization.agreement", all: compared, words: beside("utilization.agreement"), seen: says("the printed CPU utilization is what was seen")},
}

// compared is for quantities that the first of claimRows has set.
func compared(*kind, string) {}

func says(text string) func(*kind) string { return func(*kind) string { return text } }

func beside(name string) func(*kind) string {
	return func(k *kind) string { return k.printedBeside(name) }
}

// printedBeside shows the figures that contradict, beside what was observed.
func (k *kind) printedBeside(quantity string) string {
	if len(k.runs) == 0 {
		return ""
	}
	c := k.runs[len(k.runs)-1]
	var parts []string
	for _, kind := range kinds {
		windows := c.windows(kind)
		if c.chosen(kind) == nil || len(windows) == 0 {
			continue
		}
		if text := c.beside(quantity, kind, windows[0], k.Record.Host); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return "no printed figure matches what was seen"
	}
	return strings.Join(parts, "; ")
}
