package claim

import "slices"

// assign gives the phase of each number, and reports whether they compare two
// phases.
func (r *reader) assign(toks []token, labels []label, nums []int) ([]Phase, bool) {
	out := make([]Phase, len(nums))
	if zipped(toks, labels, nums) {
		for k := range nums {
			out[k] = labels[k%len(labels)].phase
		}
		return out, false
	}
	ratio := false
	own := slices.DeleteFunc(slices.Clone(labels), func(l label) bool { return l.hedged })
	if len(own) == 2 && own[0].to+1 == own[1].from && toks[own[0].to].text == "/" { // seq/procs
		own, ratio = slices.DeleteFunc(own, func(l label) bool { return l.phase == Sequential }), true
	}
	if len(own) == 2 && toks[own[0].to].text == "/" {
		own = slices.DeleteFunc(own, func(l label) bool { return l.phase == Sequential })
		ratio = len(own) == 1
	}
	switch {
	case len(own) == 0 && len(labels) > 0: // only compared with
		for k := range out {
			out[k] = r.section
		}
		return out, false
	case len(own) == 0:
		return out, false
	}
	first := nums[0] < own[0].from && nums[len(nums)-1] < own[len(own)-1].from && distinct(own) > 1
	for k, n := range nums {
		i := slices.IndexFunc(own, func(l label) bool { return l.from > n })
		switch {
		case distinct(own) == 1:
			out[k] = own[0].phase
		case first && i >= 0 && !sentence(toks[n:own[i].from]):
			out[k] = own[i].phase
		case i > 0:
			out[k] = own[i-1].phase
		case i < 0:
			out[k] = own[len(own)-1].phase
		case sentence(toks[n:own[0].from]):
			out[k] = r.section
		default:
			out[k] = own[0].phase
		}
	}
	if sentence(toks[nums[0]:]) && nums[0] < own[0].from && r.section != "" && sentence(toks[nums[0]:own[0].from]) {
		out[0] = r.section
	}
	return out, ratio
}

// sentence reports whether one ends within the tokens.
func sentence(toks []token) bool {
	return slices.ContainsFunc(toks, func(t token) bool { return t.text == "." || t.text == ";" || t.text == "!" })
}

// zipped reports whether as many numbers of one unit as names follow, or
// precede, them all: "threads / processes: 0.4 / 0.2 s". Several such groups
// may follow.
func zipped(toks []token, labels []label, nums []int) bool {
	n := len(labels)
	if n < 2 || len(nums) == 0 || len(nums)%n != 0 || distinct(labels) != n {
		return false
	}
	if labels[n-1].from > nums[0] && (labels[0].from < nums[len(nums)-1] || len(nums) > n) {
		return false
	}
	for group := range slices.Chunk(nums, n) {
		var u unit
		for _, k := range group {
			v, _ := unitAfter(toks, k)
			if v.kind != "" && u.kind != "" && u != v {
				return false
			}
			if v.kind != "" {
				u = v
			}
		}
	}
	return len(nums) == n || len(nums) == n*2 && toks[nums[1]-1].kind == mark
}

// numbers gives the tokens that are figures: no dates, no parts of names, and
// not how many threads or processes there are.
func (r *reader) numbers(toks []token, labels []label) []int {
	var out []int
	at := func(i int) token {
		if i >= 0 && i < len(toks) {
			return toks[i]
		}
		return token{kind: gap}
	}
	for i, t := range toks {
		if t.kind != figure || t.num.skip {
			continue
		}
		if prev := at(i - 1); prev.text == "±" || prev.text == "-" && at(i-2).text == "/" && at(i-3).text == "+" {
			continue
		} else if t.num.whole && t.glued && prev.glued && (prev.text == "-" || prev.text == "_" || prev.text == "#") && at(i-2).kind == word {
			continue // Thread-3
		}
		if t.num.whole && t.num.value <= 64 && slices.ContainsFunc(labels, func(l label) bool { return counts(toks, i, l) }) {
			continue
		}
		out = append(out, i)
	}
	return out
}

// inBrackets reports whether all numbers stand in parentheses behind words: such
// a line is a heading.
func inBrackets(toks []token, nums []int) bool {
	if len(toks) == 0 || toks[0].text == "(" {
		return false
	}
	for _, n := range nums {
		open := 0
		for _, t := range toks[:n] {
			switch t.text {
			case "(":
				open++
			case ")":
				open--
			}
		}
		if open <= 0 {
			return false
		}
	}
	return true
}
