package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
)

func resetCommand() *cli.Command {
	return &cli.Command{
		Name:      "reset",
		Usage:     "start a challenge anew: its starter again, and your file kept beside it",
		ArgsUsage: "NAME [DIR]",
		Description: `Your files keep their text under another name, with the day and the time at its end:
gil_discovery.py.2026-11-30-161500

   gilcourse reset gil-discovery`,
		Flags:        []cli.Flag{courseFlag},
		BashComplete: completeNames,
		Action: func(c *cli.Context) error {
			if n := c.NArg(); n < 1 || n > 2 {
				return usagef("reset takes the name of a challenge and, if you like, a folder; `gilcourse list` shows the names")
			}
			co, ids, workshop, err := resolve(c, c.Args().First())
			if err != nil {
				return err
			}
			if workshop != nil {
				return usagef("%s has several challenges; reset one of them: gilcourse reset %s", c.Args().First(), ids[0])
			}
			dir := c.Args().Get(1)
			if dir == "" {
				dir = "."
			}
			starter, err := co.Starter(ids[0])
			if err != nil {
				return err
			}
			return fs.WalkDir(starter, ".", func(name string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				data, err := fs.ReadFile(starter, name)
				if err != nil {
					return err
				}
				return reset(c, filepath.Join(dir, filepath.FromSlash(name)), data, time.Now())
			})
		},
	}
}

// reset writes a file anew, and keeps what was there beside it.
func reset(c *cli.Context, file string, data []byte, now time.Time) error {
	old, err := os.ReadFile(file)
	switch {
	case err == nil && bytes.Equal(old, data):
		fmt.Fprintf(c.App.Writer, "%s is the starter already\n", file)
		return nil
	case err == nil:
		kept, err := keepBeside(file, now)
		if err != nil {
			return usagef("keep your %s: %w; nothing was changed", file, err)
		}
		fmt.Fprintf(c.App.Writer, "%s is kept as %s\n", file, kept)
	case !errors.Is(err, fs.ErrNotExist):
		return usagef("read your file: %w; nothing was changed", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return usagef("make the folder: %w", err)
	}
	err = atomicfile.Write(file, 0o644, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
	if err != nil {
		return usagef("write the starter: %w", err)
	}
	fmt.Fprintf(c.App.Writer, "%s is the starter again\n", file)
	return nil
}

// keepBeside gives a file a second name with the time at its end, so that neither
// Python nor a compiler takes it for a source. It never takes a name that is there.
func keepBeside(file string, now time.Time) (string, error) {
	stamped := file + "." + now.Format("2006-01-02-150405")
	name := stamped
	for n := 2; ; n++ {
		err := os.Link(file, name)
		switch {
		case err == nil:
			return name, nil
		case !errors.Is(err, fs.ErrExist):
			return name, copyTo(file, name) // no second names on this file system
		}
		name = fmt.Sprintf("%s-%d", stamped, n)
	}
}

// copyTo copies a file to a name that must not be there.
func copyTo(file, name string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
