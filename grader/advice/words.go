// Package advice reads what an analyzer recommends: which of its tables is
// the decision matrix, what its entries mean, what is printed of them, and
// which piece of code is the template of which strategy. Words are matched by
// the tables of the spec; what the advice is worth is for judging to say.
package advice

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/spec"
)

// letter is one of a script that puts spaces between its words; of the others
// each letter counts as a word.
const letter = `[^\P{L}\p{Han}\p{Hiragana}\p{Katakana}ー]`

var (
	inOut    = regexp.MustCompile(`(?i)\bi\s?/\s?o\b`)
	humps    = regexp.MustCompile(`(\p{Ll}|\d)(\p{Lu})|(\p{Lu})(\p{Lu}\p{Ll})`)
	token    = regexp.MustCompile(`\d+(?:\.\d+)?` + letter + `*|` + letter + `+|[\p{Han}\p{Hiragana}\p{Katakana}ー]`)
	dividers = regexp.MustCompile(`[,;:()\[\]\n–—]|\.\s|\s-\s`)
)

// Words cuts a text into its words, in small letters: "I/O" is one word,
// ProcessPoolExecutor and process_pool_executor are three.
func Words(text string) []string {
	text = inOut.ReplaceAllString(text, "io")
	text = humps.ReplaceAllString(text, "$1$3 $2$4")
	return token.FindAllString(strings.ToLower(text), -1)
}

// is says whether a word is what a pattern's word stands for.
func is(word, pattern string) bool {
	if start, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(word, start)
	}
	return word == pattern
}

// at gives the place where a phrase begins among the words, -1 for nowhere.
func at(words, phrase []string) int {
	for i := 0; i+len(phrase) <= len(words); i++ {
		if matches(words[i:], phrase) {
			return i
		}
	}
	return -1
}

func matches(words, phrase []string) bool {
	for i, p := range phrase {
		if !is(words[i], p) {
			return false
		}
	}
	return true
}

// Has says whether any of the patterns stands in the text.
func Has(text string, patterns []spec.Pattern) bool { return has(Words(text), patterns) }

func has(words []string, patterns []spec.Pattern) bool {
	return slices.ContainsFunc(patterns, func(p spec.Pattern) bool {
		_, found := find(words, p)
		return found
	})
}

// match is where a pattern stands in a text.
type match struct{ phrases, at, length int }

// better says which of two matches tells more: the one of more phrases, then
// the one that comes first, then the longer one.
func (m match) better(o match) bool {
	switch {
	case m.phrases != o.phrases:
		return m.phrases > o.phrases
	case m.at != o.at:
		return m.at < o.at
	}
	return m.length > o.length
}

func find(words []string, p spec.Pattern) (match, bool) {
	m := match{phrases: len(p), at: len(words)}
	for _, phrase := range p {
		i := at(words, phrase)
		if i < 0 {
			return match{}, false
		}
		if i < m.at {
			m.at, m.length = i, len(phrase)
		}
	}
	return m, true
}

// reader reads names by the tables of a spec.
type reader struct {
	*spec.Analysis
	read map[string]line // the lines that were read, nil to keep none
}

// meant is the text without what it excepts: "processes, not threads" means
// processes.
func (r reader) meant(text string) []string {
	var words []string
	for _, clause := range dividers.Split(text, -1) {
		part := Words(clause)
		for _, p := range r.Except {
			if m, ok := find(part, p); ok {
				part = part[:m.at]
			}
		}
		words = append(words, part...)
	}
	return words
}

// sums writes out the sign between two halves: "thread pool + process pool".
var sums = strings.NewReplacer("+", " plus ", "&", " plus ")

// strategy gives the strategy that a text names, empty for none.
func (r reader) strategy(text string) string {
	words := r.meant(sums.Replace(text))
	for _, p := range r.Alone {
		words = without(words, p)
	}
	return best(words, r.Strategies, func(s spec.Strategy) (string, []spec.Pattern) { return s.ID, s.Words })
}

// shares are the words after which "one process" is one of several: for each
// core, say.
var shares = []string{"per", "for", "each", "pro", "je", "für"}

// without leaves out every place of a pattern of one phrase: "single-threaded"
// is no threading.
func without(words []string, p spec.Pattern) []string {
	for from := 0; from < len(words); {
		m, ok := find(words[from:], p)
		if !ok {
			break
		}
		i, end := from+m.at, from+m.at+m.length
		if end < len(words) && slices.Contains(shares, words[end]) {
			from = end
			continue
		}
		words = slices.Concat(words[:i], words[end:])
		from = i
	}
	return words
}

// workload gives the workload that a text names, empty for none.
func (r reader) workload(text string) string {
	return best(r.meant(text), r.Workloads, func(w spec.Workload) (string, []spec.Pattern) { return w.ID, w.Words })
}

// best gives the id of the term whose patterns tell most about the words; of
// equal ones the first.
func best[T any](words []string, terms []T, of func(T) (string, []spec.Pattern)) string {
	id, most := "", match{}
	for _, t := range terms {
		name, patterns := of(t)
		for _, p := range patterns {
			if m, ok := find(words, p); ok && (id == "" || m.better(most)) {
				id, most = name, m
			}
		}
	}
	return id
}
