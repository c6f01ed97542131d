package intake

import (
	"os"
	"path/filepath"
)

// longestText is how long a file may be that is shown, in bytes.
const longestText = 1 << 20

// Text gives the text of a file beside a deliverable, named relative to its folder,
// for showing it. It is empty where there is none, where it is no regular file or
// longer than 1 MiB, and where a link leads out of the folder.
func Text(deliverable, file string) string {
	if deliverable == "" || !filepath.IsLocal(file) {
		return ""
	}
	root, err := os.OpenRoot(filepath.Dir(deliverable))
	if err != nil {
		return ""
	}
	defer root.Close()
	if info, err := root.Stat(file); err != nil || !info.Mode().IsRegular() || info.Size() > longestText {
		return ""
	}
	text, err := root.ReadFile(file)
	if err != nil {
		return ""
	}
	return string(text)
}
