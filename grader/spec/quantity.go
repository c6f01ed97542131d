package spec

import (
	"slices"

	"github.com/gilcourse/gilcourse/grader/quantity"
)

// Quantities lists the figures that this challenge can put a bound on.
func (c *Challenge) Quantities() []quantity.Quantity {
	switch c.Kind() {
	case KindAnalyzer:
		known := slices.Clone(quantity.Analyzer)
		for _, id := range c.Strategies() {
			known = append(known, quantity.Of(id, quantity.Template)...)
		}
		return known
	case KindCalls:
		known := slices.Clone(quantity.Module)
		for _, call := range c.Calls {
			known = append(known, quantity.Of(call.ID, quantity.Call)...)
		}
		return known
	}
	return quantity.Script
}

// Quantity gives the quantity with this name, false where the challenge has
// none of that name.
func (c *Challenge) Quantity(name string) (quantity.Quantity, bool) {
	known := c.Quantities()
	i := slices.IndexFunc(known, func(q quantity.Quantity) bool { return q.Name == name })
	if i < 0 {
		return quantity.Quantity{}, false
	}
	return known[i], true
}

func (c *Challenge) quantityNames() []string {
	var names []string
	for _, q := range c.Quantities() {
		names = append(names, q.Name)
	}
	return names
}
