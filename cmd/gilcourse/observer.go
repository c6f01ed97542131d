package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/recordcache"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// observer runs the submissions of a course, one after the other, and shows how
// far it is.
type observer struct {
	runner      author.Runner
	line        *statusLine
	watch       pace
	doing       string // what is run now
	done, total int
}

// newObserver makes an observer as the flags say. What is to be run in all is
// set afterwards, and the line is to be cleared at the end.
func newObserver(c *cli.Context, co course.Course) (*observer, error) {
	if err := checkSandbox(c); err != nil {
		return nil, err
	}
	how, err := settings(c)
	if err != nil {
		return nil, err
	}
	results, err := keptResults(c)
	if err != nil {
		return nil, err
	}
	ob := &observer{line: newStatusLine(c)}
	how.Progress = func(now observe.Progress) {
		now.Doing = fmt.Sprintf("%d of %d%s  %s: %s", ob.done+1, ob.total, ob.watch.left(ob.total-ob.done), ob.doing, now.Doing)
		ob.line.show(now)
	}
	ob.runner = author.Runner{Course: co, Cache: results, Settings: how}
	return ob, nil
}

// settings say how submissions are observed, as the flags do that the command
// has.
func settings(c *cli.Context) (observe.Settings, error) {
	interpreter, err := python.Find(c.Context, c.String("python"))
	return observe.Settings{
		Version: programVersion(), Python: interpreter, Full: c.Bool("full"), StrictClock: c.Bool("strict-clock"), Seed: c.Uint64("seed"),
		Sandbox: sandbox.Mode(c.String("sandbox")), Hide: courseFolder(c),
	}, err
}

// took notes that one more is done.
func (ob *observer) took(d time.Duration, kept bool) {
	ob.done++
	ob.watch.add(d, kept)
}

// keptResults is the folder in which records are kept; in the default one
// nothing stays for ever.
func keptResults(c *cli.Context) (recordcache.Folder, error) {
	results := recordcache.Folder{Dir: c.String("results"), Fresh: c.Bool("fresh")}
	if results.Dir == "" {
		dir, err := recordcache.Cache()
		if err != nil {
			return results, usagef("there is no cache folder for what is observed (%w); name one with --results", err)
		}
		results.Dir = dir
		results.Clear(30 * 24 * time.Hour)
	}
	if err := os.MkdirAll(filepath.Clean(results.Dir), 0o755); err != nil {
		return results, usagef("keep what is observed: %w", err)
	}
	return results, nil
}

// pace estimates how long the rest takes.
type pace struct {
	spent time.Duration
	ran   int
}

func (p *pace) add(d time.Duration, kept bool) {
	if !kept {
		p.spent += d
		p.ran++
	}
}

// mean is what one takes, 0 where nothing is known yet.
func (p *pace) mean() time.Duration { return p.spent / time.Duration(max(1, p.ran)) }

// left is the time for so many more as those that were run took, empty where
// nothing is known yet.
func (p *pace) left(more int) string {
	if p.ran == 0 {
		return ""
	}
	rest := p.mean() * time.Duration(more)
	if rest >= 90*time.Second {
		return fmt.Sprintf(", %d min left", int(rest.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf(", %d s left", int(rest.Round(time.Second).Seconds()))
}
