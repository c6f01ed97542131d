package calls

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// install is what to do where something is missing that builds the C code.
const install = "Install it, then check again."

// unbuilt says what has to be installed to build the C code, empty for nothing.
func (k *kind) unbuilt() string {
	for _, b := range k.Record.Submission.Builds {
		if b.Missing != "" {
			return b.File + " could not be built: it takes " + b.Missing
		}
	}
	return ""
}

// moduleRow computes a quantity of the module as a whole, or of what its calls
// left, and words it.
type moduleRow struct {
	name  string
	all   func(*kind, string)
	words func(*kind) string
}

// moduleRows are all quantities of a module.
var moduleRows = []moduleRow{
	{"module.imported", (*kind).moduleImported, func(*kind) string { return "" }},
	{"module.functions", (*kind).moduleFunctions, func(*kind) string { return "" }},
	{"module.extensions", (*kind).moduleExtensions, (*kind).buildsSeen},
	{"calls.growth", (*kind).growing, func(k *kind) string {
		return fmt.Sprintf("each further call of a function left %s more processes or threads", words.Number(k.Figure("calls.growth").Value))
	}},
	{"calls.resting", (*kind).resting, func(k *kind) string {
		return fmt.Sprintf("after the last call %.0f %% of a core was still used", 100*k.Figure("calls.resting").Value)
	}},
	{"calls.left", (*kind).left, func(k *kind) string {
		return words.Count(int(k.Figure("calls.left").Value), "process") + " had to be ended after the program"
	}},
	{"calls.ended", (*kind).ended, (*kind).farewell},
}

func (k *kind) moduleImported(name string) {
	imported, _ := k.imported()
	k.SetTruth(name, imported)
}

// moduleFunctions is the share of the functions that are there and take the
// arguments.
func (k *kind) moduleFunctions(name string) {
	calls := 0
	undefined := map[string]bool{}
	for _, r := range k.Record.Runs {
		for _, c := range r.Calls {
			if r.Whose != record.Learner {
				continue
			}
			calls++
			if call := k.Spec.Call(c.ID); call != nil && (c.Ended == record.Undefined || c.Ended == record.Signature) {
				undefined[call.Function] = true
			}
		}
	}
	imported, _ := k.imported()
	if functions := len(k.Spec.Functions()); imported && calls > 1 && functions > 0 {
		k.Set(name, stat.Exactly(1-float64(len(undefined))/float64(functions)))
	} else {
		k.Missing(name, "the module could not be imported")
	}
}

func (k *kind) moduleExtensions(name string) {
	if why := k.unbuilt(); why != "" {
		k.Unknown(name, why, install)
		return
	}
	k.SetCount(name, extensions(k.Record.Submission.Builds))
}

// extensions counts the files that were built for this interpreter to import:
// their names have a tag (PEP 3149), those of other libraries have none.
func extensions(builds []record.Build) int {
	n := 0
	for _, b := range builds {
		for _, name := range b.Made {
			if base := path.Base(name); b.OK && (strings.Contains(base, ".cpython-") || strings.Contains(base, ".abi3.") || strings.Contains(base, ".pypy")) {
				n++
			}
		}
	}
	return n
}

// imported reports whether the module could be imported in each of the runs, and
// how its import ended: the first that failed, if one did.
func (k *kind) imported() (bool, record.Call) {
	imported, first := false, record.Call{}
	for _, r := range k.Record.Runs {
		i := slices.IndexFunc(r.Calls, func(c record.Call) bool { return c.Aim == record.Import })
		if r.Whose != record.Learner || i < 0 {
			continue
		}
		if r.Calls[i].Ended != record.Returned {
			return false, r.Calls[i]
		}
		if !imported {
			imported, first = true, r.Calls[i]
		}
	}
	return imported, first
}

// notBuilt says why C code could not be built, where, and what to do.
func (k *kind) notBuilt() verdict.Explanation {
	b := k.failedBuild()
	return verdict.Explanation{Message: words.Sentence(fmt.Sprintf("%s could not be built: %s", b.File, firstError(b))), Location: b.Error,
		Hint: "Mend what the compiler names. It was called as: " + b.Command}
}

// failedBuild gives the first build that failed, nil for none.
func (k *kind) failedBuild() *record.Build {
	i := slices.IndexFunc(k.Record.Submission.Builds, func(b record.Build) bool { return !b.OK && b.Missing == "" })
	if i < 0 {
		return nil
	}
	return &k.Record.Submission.Builds[i]
}

func firstError(b *record.Build) string {
	if b.Error != nil && b.Error.Text != "" {
		return b.Error.Text
	}
	return words.Shorten(strings.TrimSpace(b.Output))
}

// buildsSeen says what became of the C code.
func (k *kind) buildsSeen() string {
	var parts []string
	for _, b := range k.Record.Submission.Builds {
		if b.OK {
			parts = append(parts, fmt.Sprintf("%s became %s", b.File, strings.Join(b.Made, " and ")))
		} else {
			parts = append(parts, fmt.Sprintf("%s could not be built: %s", b.File, firstError(&b)))
		}
	}
	if len(parts) == 0 {
		return "there is no C code to build"
	}
	return strings.Join(parts, "; ")
}
