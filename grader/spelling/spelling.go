// Package spelling finds the words that somebody may have meant.
package spelling

import (
	"fmt"
	"slices"
	"strings"
)

// Suggest names the nearest of the known words, or lists them all where none
// is near.
func Suggest(word string, known []string) string {
	if len(known) == 0 {
		return "there is none yet"
	}
	if near := Nearest(word, known); len(near) > 0 {
		return "did you mean " + strings.Join(near, " or ") + "?"
	}
	return "known are " + strings.Join(known, ", ")
}

// Nearest gives the known words within a third of the word's length in
// edits, or of which the word is a part, nearest first; at most three.
func Nearest(word string, known []string) []string {
	type candidate struct {
		word string
		off  int
	}
	var near []candidate
	for _, k := range known {
		off := distance(strings.ToLower(word), strings.ToLower(k))
		if last := k[strings.LastIndexAny(k, "/.")+1:]; last != k {
			off = min(off, distance(strings.ToLower(word), strings.ToLower(last)))
		}
		if off <= max(1, (len(word)+1)/3) || len(word) > 2 && strings.Contains(k, word) {
			near = append(near, candidate{k, off})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.off - b.off })
	var words []string
	for _, c := range near[:min(3, len(near))] {
		words = append(words, fmt.Sprintf("%q", c.word))
	}
	return words
}

// distance counts the edits between two words: insertions, deletions,
// replacements (Levenshtein, 1966). Words beyond 64 bytes are never near.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
