package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/spelling"
)

func (c *Challenge) validateCheck(d *decoder, at string, check *Check, ids map[string]bool) {
	c.validateID(d, at, check.ID, "check", ids)
	if strings.Contains(check.Title, "\n") {
		d.wrong(at+".title", "%s.title has several lines, and a report shows one; write one line", d.name(at))
	}
	c.validateSection(d, at+".lesson", check.Lesson)
	c.validateHints(d, at, check)
	odd := func(function string) bool { return !named(function) }
	if function, ok := strings.CutPrefix(check.Where, "def:"); ok && len(c.Functions()) > 0 && !slices.ContainsFunc(c.Functions(), odd) && !slices.Contains(c.Functions(), function) {
		d.wrong(at+".where", "where: %q is none of the functions that are called; %s", function, spelling.Suggest(function, c.Functions()))
	}
	for i := range check.Bounds {
		c.validateBound(d, fmt.Sprintf("%s.bounds[%d]", at, i), &check.Bounds[i])
	}
	c.validateConfirmed(d, at, check)
	c.validateCauses(d, at, check)
}

// validateBound checks a bound by itself: its quantity, its limits, and the bound
// in its place.
func (c *Challenge) validateBound(d *decoder, at string, b *Bound) {
	q, known := c.validateQuantity(d, at, b.Quantity)
	c.validateOf(d, at, b)
	c.validateRange(d, at, b, q, known)
	o := b.Otherwise
	if o == nil || !d.sound(at+".otherwise") {
		return
	}
	if b.GIL == nil && b.Scheduler == nil {
		d.wrong(at+".otherwise", "%s has an otherwise, but neither gil nor scheduler that it could differ from; add one", b.Quantity)
	}
	other := *o
	other.Quantity = b.Quantity
	c.validateOf(d, at+".otherwise", &other)
	c.validateRange(d, at+".otherwise", &other, q, known)
	if o.Otherwise != nil {
		d.wrong(at+".otherwise.otherwise", "an otherwise has no other; write one bound for each of the two cases")
	}
}

// validateQuantity wants a quantity that the challenge has, and what it rests on.
func (c *Challenge) validateQuantity(d *decoder, at, name string) (quantity.Quantity, bool) {
	q, known := c.Quantity(name)
	if !known && c.partsKnown(d) {
		d.wrong(at, "%q is no quantity; %s", name, c.suggestQuantity(name))
	}
	if known {
		c.validateRoles(d, at, name)
	}
	return q, known
}

// suggestQuantity names the quantities that may be meant.
func (c *Challenge) suggestQuantity(name string) string {
	names := c.quantityNames()
	if len(spelling.Nearest(name, names)) > 0 || len(names) < 2 {
		return spelling.Suggest(name, names)
	}
	return fmt.Sprintf("known are %s, and others; `gilcourse schema challenge --markdown` explains those of a challenge of the kind %s", strings.Join(names[:2], ", "), c.Kind())
}

// partsKnown reports whether all that quantities are named after could be read.
func (c *Challenge) partsKnown(d *decoder) bool {
	several := 0
	for _, k := range kinds[:len(kinds)-1] { // the last is what all others are, too
		if !d.sound(k.own[0]) {
			return false
		}
		if k.is(c) {
			several++
		}
	}
	if several > 1 {
		return false
	}
	for i := range c.Calls {
		if !d.sound(fmt.Sprintf("calls[%d].id", i)) {
			return false
		}
	}
	if !d.sound("analysis.strategies") {
		return false
	}
	for i := range c.Strategies() {
		if !d.sound(fmt.Sprintf("analysis.strategies[%d].id", i)) {
			return false
		}
	}
	return true
}

// validateOf wants a quantity beside which another one can be bounded.
func (c *Challenge) validateOf(d *decoder, at string, b *Bound) {
	if b.Of == "" {
		return
	}
	at += ".of"
	q, known := c.Quantity(b.Of)
	switch {
	case !strings.Contains(b.Of, "."):
		c.validateArgumentOf(d, at, b)
	case b.Of == b.Quantity:
		d.wrong(at, "of: %s would be bounded by itself; name another quantity", b.Of)
	case !known && c.partsKnown(d):
		d.wrong(at, "of: %q is no quantity; %s", b.Of, c.suggestQuantity(b.Of))
	case q.Scale == quantity.Truth:
		d.wrong(at, "of: %s is 0 or 1, of which there are no multiples; name a figure", b.Of)
	}
}

// validateArgumentOf wants an argument of the quantity's call that has a size.
func (c *Challenge) validateArgumentOf(d *decoder, at string, b *Bound) {
	id, _, _ := strings.Cut(b.Quantity, ".")
	call := c.Call(id)
	if _, ok := c.Argued(*b); ok || !c.partsKnown(d) {
		return
	}
	if call == nil {
		d.wrong(at, "of: %q is no quantity; %s", b.Of, c.suggestQuantity(b.Of))
		return
	}
	var names []string
	for _, a := range call.Arguments {
		if _, ok := a.size(); ok {
			names = append(names, a.Name)
		}
	}
	if call.Argument(b.Of) != nil {
		d.wrong(at, "of: the argument %s of %s has no value above 0 that is the same in all calls; %s", b.Of, id, spelling.Suggest(b.Of, names))
		return
	}
	d.wrong(at, "of: %q is neither a quantity nor an argument of %s; %s", b.Of, id, spelling.Suggest(b.Of, append(names, c.quantityNames()...)))
}

// Argued gives the size of the argument that min and max of a bound are multiples
// of, false where they are multiples of nothing or of a quantity.
func (c *Challenge) Argued(b Bound) (float64, bool) {
	id, _, _ := strings.Cut(b.Quantity, ".")
	call := c.Call(id)
	if call == nil || b.Of == "" || strings.Contains(b.Of, ".") {
		return 0, false
	}
	if a := call.Argument(b.Of); a != nil {
		return a.size()
	}
	return 0, false
}

// size is the value of an argument that is a number, or the length of one that is
// a list; false for others.
func (a *Argument) size() (float64, bool) {
	if a.Value != nil {
		return *a.Value, *a.Value > 0
	}
	n := max(a.Sizes, a.Items, a.URLs)
	return float64(n), n > 0
}

// validateRange wants limits that something can break, and something can keep.
func (c *Challenge) validateRange(d *decoder, at string, b *Bound, q quantity.Quantity, known bool) {
	if !d.sound(at+".min", at+".max") || b.Min == nil && b.Max == nil && !d.whole(at) {
		return
	}
	switch {
	case b.Min == nil && b.Max == nil:
		d.wrong(at, "%s has neither min nor max; write at least one", b.Quantity)
		return
	case b.Min != nil && b.Max != nil && *b.Min > *b.Max:
		d.wrong(at, "%s: min %v is above max %v, which nothing can keep; swap them, or take one away", b.Quantity, *b.Min, *b.Max)
		return
	}
	if known {
		c.validateMin(d, at+".min", b, q)
		c.validateMax(d, at+".max", b, q)
	}
}

// validateMin wants a least value that something can have, and not everything has.
func (c *Challenge) validateMin(d *decoder, at string, b *Bound, q quantity.Quantity) {
	if b.Min == nil {
		return
	}
	most, limited := q.Most()
	available, whence := c.available(b.Quantity)
	switch min := *b.Min; {
	case b.Of == "" && whence != "" && min > available:
		d.wrong(at, "%s: min %v is kept by nothing, since %s; write at most %v", b.Quantity, min, whence, available)
	case min > 1 && ofWorkers(b):
		d.wrong(at, "%s: min %v is kept by nothing, since no more than all of the workers can be; write at most 1", b.Quantity, min)
	case min < 0 || min == 0 && b.Max == nil:
		d.wrong(at, "%s: min %v is kept by everything, since it is never less than 0; write more, or take it away", b.Quantity, min)
	case b.Of == "" && limited && min > most:
		d.wrong(at, "%s: min %v is kept by nothing, since it is %s; write at most %v", b.Quantity, min, spokenRange(q), most)
	case q.Scale == quantity.Truth && min != 0 && min != 1:
		d.wrong(at, "%s: min %v lies between 0 and 1, and it is one of the two; write `min: 1`", b.Quantity, min)
	}
}

// ofWorkers reports whether a bound is on how many of the workers do something.
func ofWorkers(b *Bound) bool {
	whose, own, _ := strings.Cut(b.Quantity, ".")
	return b.Of == whose+".workers" && slices.Contains([]string{"parallelism", "concurrency", "interleaving"}, own)
}

// validateMax wants a most that something can have, and not everything has.
func (c *Challenge) validateMax(d *decoder, at string, b *Bound, q quantity.Quantity) {
	if b.Max == nil {
		return
	}
	most, limited := q.Most()
	limited = limited && b.Of == ""
	switch max := *b.Max; {
	case max < 0:
		d.wrong(at, "%s: max %v is kept by nothing, since it is never less than 0; write 0 or more", b.Quantity, max)
	case limited && (max > most || max == most && b.Min == nil):
		d.wrong(at, "%s: max %v is kept by everything, since it is %s; write less, or take it away", b.Quantity, max, spokenRange(q))
	case q.Scale == quantity.Truth && max != 0 && max != 1:
		d.wrong(at, "%s: max %v lies between 0 and 1, and it is one of the two; write `max: 0`", b.Quantity, max)
	}
}

// available is the most that a count can come to, by what the spec passes in, and
// whence that follows; empty where nothing bounds it.
func (c *Challenge) available(name string) (most float64, whence string) {
	part, own, _ := strings.Cut(name, ".")
	call := c.Call(part)
	switch {
	case call == nil && c.Tasks > 0 && (own == "width" || own == "tasks"):
		return float64(c.Tasks), fmt.Sprintf("`tasks` says that each phase runs %d", c.Tasks)
	case c.Analysis != nil && slices.Contains([]string{"workloads", "reasons", "figures"}, c.unit(name)):
		return float64(len(c.Analysis.Workloads)), "the analysis has no more workloads"
	case call == nil:
		return 0, ""
	case slices.Contains([]string{"workers", "parallelism", "concurrency"}, own):
		if a := call.Role(RoleWorkers); a != nil && a.Value != nil && *a.Value >= 1 {
			return *a.Value, fmt.Sprintf("%s is called with %s: %v", part, a.Name, *a.Value)
		}
	case slices.Contains([]string{"in_flight", "under_way", "peak", "typical"}, own):
		for _, a := range call.Arguments {
			if n := max(a.URLs, a.Items); n > 0 {
				return float64(n), fmt.Sprintf("%s gets %d %s", part, n, a.Name)
			}
		}
		if a := call.Role(RoleCount); a != nil && a.Value != nil {
			return *a.Value, fmt.Sprintf("%s is called with %s: %v", part, a.Name, *a.Value)
		}
	}
	return 0, ""
}

// unit is that of a quantity, empty for none.
func (c *Challenge) unit(name string) string {
	q, _ := c.Quantity(name)
	return q.Unit
}

// spokenRange says what values a quantity that is limited has.
func spokenRange(q quantity.Quantity) string {
	if q.Scale == quantity.Truth {
		return "0 or 1"
	}
	return "a share, from 0 to 1"
}

// validateConfirmed wants another bound of the check that decides by itself.
func (c *Challenge) validateConfirmed(d *decoder, at string, check *Check) {
	next := map[string]string{}
	for _, b := range check.Bounds {
		next[b.Quantity] = b.ConfirmedBy
	}
	for i, b := range check.Bounds {
		place := fmt.Sprintf("%s.bounds[%d].confirmed_by", at, i)
		switch by := b.ConfirmedBy; {
		case by == "":
		case by == b.Quantity:
			d.wrong(place, "confirmed_by: %s cannot decide for itself; name another quantity of this check", by)
		case !check.bounds(by) && c.misspelt(check) && c.has(by):
		case !check.bounds(by):
			d.wrong(place, "confirmed_by: %s has no bound of its own in this check; add one", by)
		case c.clocked(b.Quantity) && c.clocked(by):
			d.wrong(place, "confirmed_by: %s is the clock's, as %s is, and cannot decide where that cannot; name what the scheduler sees", by, b.Quantity)
		case inCycle(next, b.Quantity):
			d.wrong(place, "confirmed_by: %s and %s wait for each other, so that none of them could decide; take one of the two away", b.Quantity, by)
		}
	}
}

// clocked reports whether wall time is the witness of a quantity.
func (c *Challenge) clocked(name string) bool {
	q, _ := c.Quantity(name)
	return q.Witness == quantity.Clock
}

// misspelt reports whether a bound of the check is on no quantity, which has been
// said: what names that bound by its right name is no other mistake.
func (c *Challenge) misspelt(check *Check) bool {
	return slices.ContainsFunc(check.Bounds, func(b Bound) bool { return !c.has(b.Quantity) })
}

// inCycle reports whether the way from one name to the next leads back to it.
func inCycle(next map[string]string, start string) bool {
	for at, n := next[start], 0; at != "" && n <= len(next); at, n = next[at], n+1 {
		if at == start {
			return true
		}
	}
	return false
}

// validateHints wants hints of all levels, and no two alike.
func (c *Challenge) validateHints(d *decoder, at string, check *Check) {
	if n := len(check.Hints); n > 0 && n != HintLevels {
		d.wrong(at+".hints", "hints has %d of %d texts; write what to look at, then how to do it, then nearly the code", n, HintLevels)
	}
	for i, hint := range check.Hints {
		if place := fmt.Sprintf("%s.hints[%d]", at, i); d.sound(place) && slices.Index(check.Hints, hint) != i {
			d.wrong(place, "hints: %q stands twice; each says more than the one before", hint)
		}
	}
}

// validateCauses checks what a cause explains, and what rules it out.
func (c *Challenge) validateCauses(d *decoder, at string, check *Check) {
	var bounded []string
	for _, b := range check.Bounds {
		bounded = append(bounded, b.Quantity)
	}
	for i := range check.Causes {
		cause, at := &check.Causes[i], fmt.Sprintf("%s.causes[%d]", at, i)
		for k, name := range cause.For {
			place := fmt.Sprintf("%s.for[%d]", at, k)
			switch {
			case !d.sound(place):
			case !slices.Contains(bounded, name) && c.misspelt(check) && c.has(name):
			case !slices.Contains(bounded, name):
				d.wrong(place, "for: %q is no bound of this check; %s", name, spelling.Suggest(name, bounded))
			case slices.Index(cause.For, name) != k:
				d.wrong(place, "for: %s stands twice; take one away", name)
			}
		}
		if slices.ContainsFunc(check.Causes[:i], func(o Cause) bool {
			return o.Finding == cause.Finding && slices.Equal(o.For, cause.For) && len(o.When) == len(cause.When)
		}) && d.sound(at+".finding") {
			d.wrong(at+".finding", "the cause %s stands twice, and only the first is ever named; take one away", cause.Finding)
		}
		for k := range cause.When {
			c.validateBound(d, fmt.Sprintf("%s.when[%d]", at, k), &cause.When[k])
		}
	}
}
