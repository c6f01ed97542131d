package machinelock

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
)

// guess is how long a turn takes of which nothing is known, about as long as most
// challenges; at most as long as longest is believed of any.
const (
	guess   = 20 * time.Second
	longest = time.Hour
)

// mostLabels bounds what is kept; mostBytes what is read of it.
const (
	mostLabels = 200
	mostBytes  = 64 << 10
)

// file is where a user's turns are kept: by their labels, in seconds.
func (l line) file() string { return filepath.Join(l.dir, fmt.Sprintf("took.%d", os.Getuid())) }

func (l line) took() map[string]float64 {
	all := map[string]float64{}
	info, err := os.Lstat(l.file())
	if err != nil || !info.Mode().IsRegular() || info.Size() > mostBytes {
		return all
	}
	data, err := os.ReadFile(l.file())
	if err != nil || json.Unmarshal(data, &all) != nil {
		return map[string]float64{}
	}
	return all
}

// expected is how long a turn with this label will take.
func (l line) expected(label string) time.Duration {
	seconds, ok := l.took()[label]
	if !ok || seconds <= 0 {
		return guess
	}
	return time.Duration(min(seconds, longest.Seconds()) * float64(time.Second))
}

// keep notes how long a turn took: the newer, the more it counts. What cannot be
// kept changes nothing but an estimate.
func (l line) keep(label string, took time.Duration) {
	all := l.took()
	seconds := took.Seconds()
	if before, ok := all[label]; ok {
		seconds = (before + seconds) / 2
	} else if len(all) >= mostLabels {
		return
	}
	all[label] = seconds
	if data, err := json.Marshal(all); err == nil {
		atomicfile.Write(l.file(), 0o644, func(f *os.File) error {
			_, err := f.Write(data)
			return err
		})
	}
}
