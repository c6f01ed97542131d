package python

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// whose are the ways of working that the id of a finding may begin with.
var whose = []string{"sequential", "threads", "processes", "asyncio", "workers"}

// FindingIDs are the ids of what reading a source may find, sorted, without the
// way of working that stands before some, as in threads.no-join. They are read
// from the programs that find them. It must not be changed.
var FindingIDs = sync.OnceValue(func() []string {
	var ids []string
	named := regexp.MustCompile(`(?:self\.add|found\.append)\(\(?"([a-z-]+)"`)
	for _, program := range []string{"patterns.py", "functions.py"} {
		data, err := programs.ReadFile(program)
		if err != nil {
			return nil // embedded: it is there
		}
		for _, m := range named.FindAllSubmatch(data, -1) {
			ids = append(ids, string(m[1]))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
})

// Bare is the id of a finding without the way of working that may stand before
// it.
func Bare(finding string) string {
	if of, bare, ok := strings.Cut(finding, "."); ok && slices.Contains(whose, of) {
		return bare
	}
	return finding
}
