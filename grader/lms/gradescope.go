package lms

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/unicode/norm"
)

// GradescopeFile is the file of a Gradescope export that says whose each folder
// is.
const GradescopeFile = "submission_metadata.yml"

// MostMetadata bounds that file, in bytes.
const MostMetadata = 16 << 20

// ReadGradescope reads that file: the learners by the names of their folders. A
// submission of a group is under all their names.
func ReadGradescope(data []byte) (map[string]Entry, error) {
	var folders map[string]struct {
		Submitters []struct {
			Name  string `yaml:":name"`
			SID   any    `yaml:":sid"`
			Email string `yaml:":email"`
		} `yaml:":submitters"`
		Created string `yaml:":created_at"`
	}
	if err := yaml.Unmarshal(data, &folders); err != nil {
		return nil, fmt.Errorf("%s: %w", GradescopeFile, err)
	}
	entries := map[string]Entry{}
	for folder, f := range folders {
		if !gradescope.MatchString(folder) || len(f.Submitters) == 0 {
			continue
		}
		e := Entry{Account: Account{Platform: Gradescope}, Attempt: f.Created}
		var names []string
		for _, s := range f.Submitters {
			names = append(names, norm.NFC.String(s.Name))
		}
		e.Name = strings.Join(names, ", ")
		if one := f.Submitters[0]; len(f.Submitters) == 1 {
			e.Email = one.Email
			if one.SID != nil {
				e.ID = fmt.Sprint(one.SID)
			}
		}
		entries[folder] = e
	}
	return entries, nil
}
