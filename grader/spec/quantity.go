package spec

import (
	"slices"
	"strings"

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

// prefixes are what the names of these quantities begin with, up to the dot.
func prefixes(list []quantity.Quantity) []string {
	var all []string
	for _, q := range list {
		if first, _, _ := strings.Cut(q.Name, "."); !slices.Contains(all, first) {
			all = append(all, first)
		}
	}
	return all
}
