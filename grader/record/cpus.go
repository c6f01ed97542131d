package record

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mostCPU is more than the number of any core: NR_CPUS of a Linux kernel is at
// most 8192 (CONFIG_MAXSMP).
const mostCPU = 8192

// CountCPUs counts the cores that stand in at least one of the kernel's lists,
// such as 0-3,8. A part that is no range of cores counts for nothing: Read lets
// none through.
func CountCPUs(lists ...string) int {
	var all [][2]int
	for _, list := range lists {
		ranges, _ := cpuRanges(list)
		all = append(all, ranges...)
	}
	slices.SortFunc(all, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	count, next := 0, 0 // next is the first core that is not counted yet
	for _, r := range all {
		count += max(0, r[1]+1-max(next, r[0]))
		next = max(next, r[1]+1)
	}
	return count
}

// cpuRanges gives the ranges of a list, from the first core to the last, and
// an error for what is none.
func cpuRanges(list string) (ranges [][2]int, err error) {
	if list == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(list, ",") {
		first, last, several := strings.Cut(part, "-")
		if !several {
			last = first
		}
		from, ferr := strconv.ParseUint(first, 10, 16)
		to, terr := strconv.ParseUint(last, 10, 16)
		if ferr != nil || terr != nil || from > to || to >= mostCPU {
			err = fmt.Errorf("%s is no list of cores from 0 to %d", brief(list), mostCPU-1)
			continue
		}
		ranges = append(ranges, [2]int{int(from), int(to)})
	}
	return ranges, err
}
