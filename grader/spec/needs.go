package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/spelling"
)

// opening are the quantities without which little of a submission can be seen:
// whether it ran, or could be imported.
var opening = []string{"run.completed", "module.imported"}

// Check gives the check with this id, nil for none.
func (c *Challenge) Check(id string) *Check {
	for i := range c.Checks {
		if c.Checks[i].ID == id {
			return &c.Checks[i]
		}
	}
	return nil
}

// Needed gives the checks that a check needs, itself or through another one, in
// the spec's order.
func (c *Challenge) Needed(check *Check) []*Check {
	reached := map[string]bool{}
	c.reach(check, reached)
	var all []*Check
	for i := range c.Checks {
		if reached[c.Checks[i].ID] && c.Checks[i].ID != check.ID {
			all = append(all, &c.Checks[i])
		}
	}
	return all
}

// reach notes all that a check needs; the check itself only where it is a part of
// a cycle.
func (c *Challenge) reach(check *Check, reached map[string]bool) {
	for _, id := range check.Needs {
		if next := c.Check(id); next != nil && !reached[id] {
			reached[id] = true
			c.reach(next, reached)
		}
	}
}

// defaultNeeds gives each check that names no needs those of its kind: the check
// of the opening quantity, and those of whether the calls returned that it is
// about. None of them closes a cycle.
func (c *Challenge) defaultNeeds() {
	for i := range c.Checks {
		check := &c.Checks[i]
		if check.Needs != nil {
			continue
		}
		for _, b := range check.Bounds {
			id, own, _ := strings.Cut(b.Quantity, ".")
			if own != "returned" && c.Call(id) != nil && !check.bounds(id+".returned") {
				c.addNeed(check, id+".returned")
			}
		}
		for _, quantity := range opening {
			c.addNeed(check, quantity)
		}
	}
}

// addNeed makes a check need the first one with a bound on the quantity, where
// there is another one that does not need this.
func (c *Challenge) addNeed(check *Check, quantity string) {
	i := slices.IndexFunc(c.Checks, func(o Check) bool { return o.bounds(quantity) })
	if i < 0 || c.Checks[i].ID == check.ID || slices.Contains(check.Needs, c.Checks[i].ID) {
		return
	}
	reached := map[string]bool{}
	if c.reach(&c.Checks[i], reached); !reached[check.ID] {
		check.Needs = append(check.Needs, c.Checks[i].ID)
	}
}

// bounds reports whether the check has a bound on the quantity.
func (c *Check) bounds(quantity string) bool {
	return slices.ContainsFunc(c.Bounds, func(b Bound) bool { return b.Quantity == quantity })
}

// validateNeeds wants needs that are other checks, without a cycle.
func (c *Challenge) validateNeeds(d *decoder) {
	var ids []string
	all := true // could be read
	for i, check := range c.Checks {
		if !d.sound(fmt.Sprintf("checks[%d].id", i)) {
			all = false
			continue
		}
		ids = append(ids, check.ID)
	}
	for i := range c.Checks {
		check := &c.Checks[i]
		for k, id := range check.Needs {
			at := fmt.Sprintf("checks[%d].needs[%d]", i, k)
			switch next := c.Check(id); {
			case !d.sound(at) || !d.sound(fmt.Sprintf("checks[%d].id", i)):
			case slices.Index(check.Needs, id) != k:
				d.wrong(at, "needs: %s stands twice; take one away", id)
			case next == nil && !all:
			case next == nil:
				d.wrong(at, "needs: there is no check %q; %s", id, spelling.Suggest(id, ids))
			case id == check.ID:
				d.wrong(at, "needs: a check cannot wait for itself; take %s away", id)
			default:
				reached := map[string]bool{}
				if c.reach(next, reached); reached[check.ID] {
					d.wrong(at, "needs: %s and %s wait for each other; take one of the two needs away", check.ID, id)
				}
			}
		}
	}
}
