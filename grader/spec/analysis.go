package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/spelling"
)

// Analysis describes a deliverable that recommends a strategy for each of
// several workloads: how its words are read, and which advice is right.
type Analysis struct {
	// Strategies are all that can be recommended, Workloads what they are recommended for.
	Strategies []Strategy `yaml:"strategies" need:"yes"`
	Workloads  []Workload `yaml:"workloads" need:"yes"`
	// Strategy, Reasoning and Speedup are what the parts of an entry are
	// called, and the labels with which they are printed.
	Strategy  []Pattern `yaml:"strategy" need:"yes"`
	Reasoning []Pattern `yaml:"reasoning" need:"yes"`
	Speedup   []Pattern `yaml:"speedup" need:"yes"`
	// Except begins what is not meant: "processes, not threads".
	Except []Pattern `yaml:"except"`
	// Alone are what says that there is only one: "single-threaded" is no
	// threading.
	Alone []Pattern `yaml:"alone"`
	// GIL and Limits are the words of a reason that names the GIL, and of one
	// that names what limits a strategy.
	GIL    []Pattern `yaml:"gil" need:"yes"`
	Limits []Pattern `yaml:"limits" need:"yes"`
	// FarOff is the factor from which on an estimate is far off from what was
	// measured.
	FarOff float64 `yaml:"far_off" need:"yes"`
	// TemplateLimit is the longest that a template may run.
	TemplateLimit Duration `yaml:"template_limit" range:"100ms..1h"`
}

// Strategy is a way of working that can be recommended.
type Strategy struct {
	ID    string    `yaml:"id" need:"yes"`    // its quantities are called ID.threads, and so on
	Words []Pattern `yaml:"words" need:"yes"` // how it is named in texts
}

// Workload is a kind of work that a strategy is recommended for.
type Workload struct {
	ID    string    `yaml:"id" need:"yes"`    // a name for it in this file
	Title string    `yaml:"title" need:"yes"` // what a report calls it
	Words []Pattern `yaml:"words" need:"yes"` // how it is named in texts
	// Measured is the workload's row among what `gilcourse measure` runs,
	// empty where it is not run.
	Measured string `yaml:"measured"`
	// Accept are the strategies that are right; every other one is refused.
	Accept []Accepted `yaml:"accept" need:"yes"`
	// Refuse are those that are not, each with the reason why.
	Refuse []Refused `yaml:"refuse"`
	// Over is what an expected speedup is more than.
	Over float64 `yaml:"over" range:"0.."`
	// Most is what bounds it: cores, waits, both or nothing.
	Most Ceiling `yaml:"most" need:"yes"`
}

// Accepted is a strategy that is right, with a reason that holds.
type Accepted struct {
	Strategy string `yaml:"strategy" key:"yes"`
	// Because are words of which a reason that holds has at least one; any
	// reason holds where there are none.
	Because []Pattern `yaml:"because"`
	// Message is what to think of where the reason does not hold.
	Message string `yaml:"says"`
}

// Refused is a strategy that is not right, and why.
type Refused struct {
	Strategy string `yaml:"strategy" key:"yes"`
	Message  string `yaml:"says" need:"yes"` // why not
	// Unless are words of a reason with which it is right after all.
	Unless []Pattern `yaml:"unless"`
}

// Ceiling is what bounds an expected speedup.
type Ceiling string

// The ceilings.
const (
	ByCores Ceiling = "cores"   // no more cores than are named, or than a machine has
	ByWaits Ceiling = "waits"   // no more waits than are named
	ByBoth  Ceiling = "both"    // waits that hide behind each other and behind the cores' work
	ByNone  Ceiling = "nothing" // it is not computed here
)

var ceilings = []Ceiling{ByCores, ByWaits, ByBoth, ByNone}

// Pattern is what to look for in a text: one or more phrases, all of which
// must stand in it. A phrase is written as its words; a word with a star at
// its end stands for all that begin with it. Phrases are joined by &:
//
//	multi process*
//	async* & process*
type Pattern [][]string

var patternWord = regexp.MustCompile(`^[\p{Ll}\p{Lo}ー0-9]+\*?$`)

func (p *Pattern) parse(s string) error {
	*p = nil
	for phrase := range strings.SplitSeq(s, "&") {
		words := strings.Fields(phrase)
		if len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return !patternWord.MatchString(w) }) {
			return fmt.Errorf("%q is no pattern; write small letters, a * where a word may go on, & between phrases: \"async* & process pool\"", s)
		}
		*p = append(*p, words)
	}
	return nil
}

// Strategies are the ids of the strategies, empty where the challenge has no
// analysis.
func (c *Challenge) Strategies() []string {
	if c.Analysis == nil {
		return nil
	}
	var ids []string
	for _, s := range c.Analysis.Strategies {
		ids = append(ids, s.ID)
	}
	return ids
}

// Workload gives the workload with this id, nil for none.
func (a *Analysis) Workload(id string) *Workload {
	for i := range a.Workloads {
		if a.Workloads[i].ID == id {
			return &a.Workloads[i]
		}
	}
	return nil
}

// Accepted gives what is said of an accepted strategy, nil where it is refused.
func (w *Workload) Accepted(strategy string) *Accepted {
	for i := range w.Accept {
		if w.Accept[i].Strategy == strategy {
			return &w.Accept[i]
		}
	}
	return nil
}

// Refused gives what is said of a refused strategy, nil where it is accepted.
func (w *Workload) Refused(strategy string) *Refused {
	for i := range w.Refuse {
		if w.Refuse[i].Strategy == strategy {
			return &w.Refuse[i]
		}
	}
	return nil
}

func (c *Challenge) validateAnalysis(d *decoder) {
	a := c.Analysis
	if a == nil {
		return
	}
	if a.FarOff <= 1 {
		d.wrong("analysis.far_off", "analysis.far_off is a factor above 1, not %v", a.FarOff)
	}
	strategies, workloads := map[string]bool{}, map[string]bool{}
	reserved := prefixes(quantity.Analyzer)
	for i := range a.Strategies {
		c.validateID(d, fmt.Sprintf("analysis.strategies[%d]", i), a.Strategies[i].ID, "strategy", strategies, reserved...)
	}
	known := c.Strategies()
	for i := range a.Workloads {
		w, at := &a.Workloads[i], fmt.Sprintf("analysis.workloads[%d]", i)
		c.validateID(d, at, w.ID, "workload", workloads)
		if !slices.Contains(ceilings, w.Most) {
			d.wrong(at+".most", "most: %q bounds no speedup; %s", w.Most, spelling.Suggest(string(w.Most), texts(ceilings)))
		}
		for k, one := range w.Accept {
			if !strategies[one.Strategy] && d.sound("analysis.strategies") {
				d.wrong(fmt.Sprintf("%s.accept[%d]", at, k), "accept: %q is no strategy; %s", one.Strategy, spelling.Suggest(one.Strategy, known))
			}
		}
		for k, one := range w.Refuse {
			place := fmt.Sprintf("%s.refuse[%d]", at, k)
			switch {
			case !d.sound("analysis.strategies"):
			case !strategies[one.Strategy]:
				d.wrong(place, "refuse: %q is no strategy; %s", one.Strategy, spelling.Suggest(one.Strategy, known))
			case w.Accepted(one.Strategy) != nil:
				d.wrong(place, "refuse: %s is accepted above; take one away", one.Strategy)
			}
		}
		for _, name := range known {
			if w.Refused(name) == nil && w.Accepted(name) == nil && d.sound(at+".accept", at+".refuse") {
				d.wrong(at, "%s neither accepts nor refuses %s; add it to accept, or to refuse with the reason why", w.ID, name)
			}
		}
	}
}
