package format

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Width is how many columns a text takes on a terminal: wide letters take two,
// marks on others none.
func Width(s string) int { return uniseg.StringWidth(s) }

// Columns pads the cells of a table, all of whose rows are as long as the first:
// so many columns to the left, the others to the right. A row is a line without
// blanks at its end.
func Columns(rows [][]string, left int) []string {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Width(c))
		}
	}
	var lines []string
	for _, r := range rows {
		var b strings.Builder
		for i, c := range r {
			pad := strings.Repeat(" ", widths[i]-Width(c))
			if i > 0 {
				b.WriteString("  ")
			}
			if i < left {
				b.WriteString(c + pad)
			} else {
				b.WriteString(pad + c)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}
