// Package bootcache remembers what was found out about this machine, for as long as it
// has not been started anew: facts as JSON, each under its name and a key of all that
// decides it. What cannot be kept or read is found out again.
package bootcache

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
)

// Variable names the environment variable that holds another folder, or "off" for
// none.
const Variable = "GILCOURSE_REMEMBERED"

// mostBytes bounds a fact.
const mostBytes = 4 << 20

// age is how long what an earlier boot has left is kept.
const age = 7 * 24 * time.Hour

// Load fills in the fact that is kept under a name and a key, and reports whether
// there is one.
func Load(name string, key, fact any) bool {
	file := place(name, key)
	if file == "" {
		return false
	}
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > mostBytes {
		return false
	}
	data, err := os.ReadFile(file)
	return err == nil && json.Unmarshal(data, fact) == nil
}

// Store keeps a fact under a name and a key, in the place of an earlier one.
func Store(name string, key, fact any) {
	file := place(name, key)
	data, err := json.Marshal(fact)
	if file == "" || err != nil || os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	if atomicfile.Write(file, 0o600, func(f *os.File) error { _, err := f.Write(data); return err }) == nil {
		clear(filepath.Dir(file))
	}
}

// Forget drops a fact that turned out not to hold.
func Forget(name string, key any) {
	if file := place(name, key); file != "" {
		os.Remove(file)
	}
}

// place is the file of a fact, empty where nothing can be kept.
func place(name string, key any) string {
	dir, boot := folder(), boot()
	data, err := json.Marshal(key)
	if dir == "" || boot == "" || err != nil {
		return ""
	}
	sum := sha256.Sum256(append([]byte(boot+"\n"), data...))
	return filepath.Join(dir, name+"-"+hex.EncodeToString(sum[:12])+".json")
}

// folder is where facts are kept, empty for nowhere.
func folder() string {
	switch dir := os.Getenv(Variable); dir {
	case "off":
		return ""
	case "":
		cache, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		return filepath.Join(cache, "gilcourse", "boot")
	default:
		return dir
	}
}

// boot tells one start of the machine from another, empty where the system does not
// say.
func boot() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id") // random(4)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}

// clear removes what is old.
func clear(dir string) {
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	for _, file := range files {
		if info, err := os.Lstat(file); err == nil && time.Since(info.ModTime()) > age {
			os.Remove(file)
		}
	}
}

// File tells a version of a file from others: by its place, size and time of change.
type File struct {
	Path    string
	Size    int64
	Changed int64
}

// FileAt describes a file, zero for none.
func FileAt(path string) File {
	info, err := os.Stat(path)
	if err != nil {
		return File{}
	}
	return File{path, info.Size(), info.ModTime().UnixNano()}
}
