package intake

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// Near is a file that is almost a deliverable.
type Near struct {
	File string // its path, as the caller named the folder
	// Notebook says that it is a Jupyter notebook, Below that it has the very
	// name and lies in a folder of the submission's.
	Notebook, Below bool
}

// mostNear bounds how many are told.
const mostNear = 4

// Near gives the files whose names are almost that of a deliverable: in another
// case, with a dash or a blank for an underscore, with another ending after it,
// as a notebook, or the very name one folder below. None for a single file.
func (s *Submission) Near(deliverable string) []Near {
	if s.dir == "" {
		return nil
	}
	var found []Near
	look := func(dir string, below bool) (folders []string) {
		entries, _ := os.ReadDir(dir) // what cannot be read is not near
		for _, e := range entries {
			switch name := e.Name(); {
			case strings.HasPrefix(name, ".") || litter(name):
			case e.IsDir():
				folders = append(folders, filepath.Join(dir, name))
			case below && name == deliverable:
				found = append(found, Near{File: filepath.Join(dir, name), Below: true})
			case !below && name != deliverable && stem(name) == stem(deliverable):
				found = append(found, Near{File: filepath.Join(dir, name), Notebook: filepath.Ext(name) == ".ipynb"})
			}
		}
		return folders
	}
	for _, dir := range look(s.dir, false) {
		look(dir, true)
	}
	return found[:min(len(found), mostNear)]
}

// stem is what is left of a name without what people and systems change in it.
func stem(name string) string {
	name = strings.ToLower(name)
	for _, ending := range []string{".txt", ".ipynb", ".py", ".pyw", ".py3"} {
		name = strings.TrimSuffix(name, ending)
	}
	for _, ending := range []string{" copy", "(1)", "-1"} {
		name = strings.TrimSuffix(name, ending)
	}
	return strings.Trim(strings.NewReplacer("-", "_", " ", "_").Replace(name), "_")
}

// notebook says that a file's text is a Jupyter notebook: a JSON object with
// cells (https://nbformat.readthedocs.io/en/latest/format_description.html).
func notebook(text []byte) bool {
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return false
	}
	var in map[string]json.RawMessage
	if json.Unmarshal(text, &in) != nil {
		return false
	}
	_, cells := in["cells"]
	_, format := in["nbformat"]
	_, sheets := in["worksheets"] // before version 4
	return format && (cells || sheets)
}
