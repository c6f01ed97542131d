package spec

import (
	"cmp"
	"time"
)

// Defaults where a spec says nothing: they suit a script that takes half a
// minute on a learner's laptop.
const (
	defaultWall   = Duration(time.Minute)
	defaultFull   = Duration(10 * time.Minute)
	defaultCPU    = Duration(20 * time.Minute)
	defaultMemory = Bytes(4 << 30)
	defaultTasks  = 256
	defaultOutput = Bytes(4 << 20)

	defaultWritten  = Bytes(1 << 30)
	defaultFiles    = 4096
	defaultFileSize = Bytes(1 << 30)

	defaultSmall = 1000
	defaultCall  = Duration(10 * time.Second)

	defaultTemplate = Duration(10 * time.Second)
)

// Parse decodes a challenge.yaml. The file names it in errors, the id is its
// folder's path. The error holds all mistakes: see All.
func Parse(id, file string, data []byte) (*Challenge, error) {
	c := &Challenge{ID: id, text: data}
	d := decode(file, data, c)
	c.at = d.places
	if !d.broken {
		c.defaults()
		c.defaultNeeds()
		c.validate(d)
	}
	if errs := d.all(); len(errs) > 0 {
		return nil, errs
	}
	return c, nil
}

// ParseWorkshop decodes a workshop.yaml.
func ParseWorkshop(id, file string, data []byte) (*Workshop, error) {
	w := &Workshop{ID: id}
	d := decode(file, data, w)
	if !d.broken {
		w.validate(d)
	}
	if errs := d.all(); len(errs) > 0 {
		return nil, errs
	}
	return w, nil
}

func (c *Challenge) defaults() {
	set(&c.Limits.Wall, defaultWall)
	set(&c.Limits.Full, defaultFull)
	set(&c.Limits.CPU, defaultCPU)
	set(&c.Limits.Memory, defaultMemory)
	set(&c.Limits.Tasks, defaultTasks)
	set(&c.Limits.Output, defaultOutput)
	set(&c.Limits.Written, defaultWritten)
	set(&c.Limits.Files, defaultFiles)
	set(&c.Limits.FileSize, defaultFileSize)
	if c.Rounds.Min == 0 {
		c.Rounds.Min = min(2, cmp.Or(c.Rounds.Max, 2))
	}
	set(&c.Rounds.Max, max(2, c.Rounds.Min))
	set(&c.Size.Task, Duration(150*time.Millisecond))
	set(&c.Size.First, c.Size.Task)
	set(&c.Task.Small, defaultSmall)
	for i := range c.Calls {
		set(&c.Calls[i].Limit, defaultCall)
	}
	if c.Analysis != nil {
		set(&c.Analysis.TemplateLimit, defaultTemplate)
	}
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
