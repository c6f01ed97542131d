package calls

import (
	"fmt"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

const (
	awaitIt = "Await it before you return: `return list(await asyncio.gather(...))`."
	listIt  = "Make a list of it before you return: `return list(...)`."
)

// unfinished are what a function may return in place of its results, by Python's name of
// the type: the work is done only when somebody awaits it, or goes through it, and what
// to do.
var unfinished = map[string]string{
	"coroutine": awaitIt, "Task": awaitIt, "Future": awaitIt, "_GatheringFuture": awaitIt,
	"generator": listIt, "map": listIt, "filter": listIt,
}

// unfinished explains what follows from a call that returned before its work was done, false
// where the call did not.
func (k *kind) unfinished(call *spec.Call, name string) (verdict.Explanation, bool) {
	for _, m := range k.calls[call.ID] {
		hint := unfinished[m.Type]
		if m.Ended != record.Returned || hint == "" || call.Function == "" {
			continue
		}
		e := verdict.Explanation{Hint: hint, Location: k.Where("def:" + call.Function)}
		e.Message = fmt.Sprintf("`%s` returned %s: its work is done only when somebody ", call.Function, words.Article(m.Type))
		if hint == awaitIt {
			e.Message += "awaits that, and nobody does."
		} else {
			e.Message += "goes through that."
		}
		return e, name != "returned"
	}
	return verdict.Explanation{}, false
}
