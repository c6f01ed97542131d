package spec

import (
	"slices"

	"github.com/gilcourse/gilcourse/grader/quantity"
)

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
