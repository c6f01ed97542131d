package cohort

import (
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/spec"
)

// Files lists what is graded of a source, as =FILE,FILE, or ! for nothing.
func Files(s Source, challenges []*spec.Challenge) string {
	in, err := s.open(challenges)
	if err != nil {
		return "!"
	}
	defer in.Close()
	var files []string
	fs.WalkDir(os.DirFS(in.Folder()), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, p)
		}
		return err
	})
	slices.Sort(files)
	return "=" + strings.Join(files, ",")
}
