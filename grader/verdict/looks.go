package verdict

import (
	"fmt"
	"strings"
	"time"
)

// mostLooks bounds the looks of a record: a rule has no more rounds.
const mostLooks = 100

// Looks says how long each look of the record was, in order, empty where it does not
// tell its looks apart.
func (j *Judgement) Looks() string {
	var took [mostLooks]time.Duration
	looks := 0
	for i := range j.Record.Runs {
		if r := &j.Record.Runs[i]; r.Look > 0 && r.Look < mostLooks && r.End != nil {
			took[r.Look] += time.Duration(r.End.WallUS) * time.Microsecond
			looks = max(looks, r.Look)
		}
	}
	var each []string
	for _, t := range took[1 : looks+1] {
		each = append(each, fmt.Sprintf("%.1f s", t.Seconds()))
	}
	switch looks {
	case 0:
		return ""
	case 1:
		return "One look decided, of " + each[0] + "."
	}
	return fmt.Sprintf("Looked at %d times, since something was open each time before: for %s.", looks, strings.Join(each, ", then "))
}
