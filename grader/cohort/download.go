package cohort

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/intake"
	"github.com/gilcourse/gilcourse/grader/lms"
	"github.com/gilcourse/gilcourse/grader/safetext"
)

// handedIn is what a learner handed in at one attempt, as it lies in what was
// downloaded from a learning platform.
type handedIn struct {
	lms.Entry
	paths []string          // the first as it is shown
	at    string            // a folder; empty for files
	files map[string]string // paths by the names under which they were handed in
	again map[string]string // the attempts of those, where they tell
	whose bool              // it is an account's: not, where the name is none of a platform's
}

// platform reads a folder that was downloaded from a learning platform: what each
// learner handed in, in the order of the names. It gives nil where no name is a
// platform's, or a deliverable lies among them: that is one learner's folder.
func platform(named string, entries, deliverables []string) ([]*handedIn, error) {
	meta, err := gradescope(entries)
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(named)
	if err != nil {
		return nil, fmt.Errorf("find the folder %s: %w", safetext.Name(named), err)
	}
	around := strings.TrimSuffix(filepath.Base(abs), filepath.Ext(abs))
	var all []*handedIn
	known := false
	for _, at := range entries {
		name, folder := filepath.Base(at), isFolder(at)
		if slices.Contains(deliverables, name) {
			return nil, nil
		}
		if meta != nil && name == lms.GradescopeFile {
			continue
		}
		e, ok := meta[name]
		if !ok && folder {
			e, ok = lms.Repository(around, name)
		}
		if !ok {
			e, ok = lms.Read(name, folder, deliverables)
		}
		if known = known || ok; ok && !folder {
			all = addFile(all, e, filepath.Join(named, name), at)
			continue
		}
		all = append(all, &handedIn{Entry: e, paths: []string{filepath.Join(named, name)}, at: at, whose: ok})
	}
	if !known {
		return nil, nil
	}
	return all, nil
}

// addFile adds a file to what its learner handed in.
func addFile(all []*handedIn, e lms.Entry, shown, at string) []*handedIn {
	attempt := e.Attempt
	if e.Platform == lms.Canvas { // which counts each file by itself
		attempt = ""
	}
	i := slices.IndexFunc(all, func(h *handedIn) bool { return h.whose && h.at == "" && h.Account == e.Account && h.Attempt == attempt })
	if i < 0 {
		i = len(all)
		all = append(all, &handedIn{Entry: lms.Entry{Account: e.Account, Attempt: attempt}, whose: true, files: map[string]string{}, again: map[string]string{}})
	}
	h := all[i]
	h.paths = append(h.paths, shown)
	if !e.Receipt && (h.files[e.File] == "" || h.again[e.File] < e.Attempt) {
		h.files[e.File], h.again[e.File] = at, e.Attempt
	}
	return all
}

// download adds what was downloaded from a learning platform.
func (s *Sources) download(all []*handedIn, deliverables []string) error {
	for _, h := range all {
		one := Source{Path: h.paths[0], Account: h.Account, Attempt: h.Attempt, Label: h.String(), at: h.at}
		switch {
		case !h.whose || h.at != "":
			one = entry(filepath.Dir(h.paths[0]), h.at, deliverables)
			if h.whose {
				one.Account, one.Attempt, one.Label = h.Account, h.Attempt, h.String()
			}
		case len(h.files) == 0:
			one.refused = &intake.Refused{Where: one.Path, What: "is a text that was typed in, and no file is beside it", Do: "ask for the file"}
		default:
			in, err := intake.Gather(one.Path, h.files)
			if refused := (*intake.Refused)(nil); errors.As(err, &refused) {
				one.refused = refused
			} else if err != nil {
				return err
			} else {
				s.opened = append(s.opened, in)
				one.at = in.Folder()
			}
		}
		s.All = append(s.All, one)
	}
	return nil
}

// gradescope reads whose the folders of a Gradescope export are, nil where the
// entries have no file that says so.
func gradescope(entries []string) (map[string]lms.Entry, error) {
	i := slices.IndexFunc(entries, func(e string) bool { return filepath.Base(e) == lms.GradescopeFile })
	if i < 0 {
		return nil, nil
	}
	root, err := os.OpenRoot(filepath.Dir(entries[i]))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", lms.GradescopeFile, err)
	}
	defer root.Close()
	if info, err := root.Lstat(lms.GradescopeFile); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", lms.GradescopeFile)
	}
	f, err := root.Open(lms.GradescopeFile)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", lms.GradescopeFile, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, lms.MostMetadata))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", lms.GradescopeFile, err)
	}
	return lms.ReadGradescope(data)
}

// Latest leaves out all but the newest attempt of each account: of attempts that
// do not say when they were, the last.
func (s *Sources) Latest() {
	newest := map[lms.Account]int{}
	for i, one := range s.All {
		if k, ok := newest[one.Account]; !ok || s.All[k].Attempt <= one.Attempt {
			newest[one.Account] = i
		}
	}
	var latest []Source
	for i, one := range s.All {
		if (one.Account == lms.Account{} || newest[one.Account] == i) {
			latest = append(latest, one)
		}
	}
	s.All = latest
}

func isFolder(at string) bool {
	info, err := os.Lstat(at)
	return err == nil && info.IsDir()
}
