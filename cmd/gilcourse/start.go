package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/course"
)

func startCommand() *cli.Command {
	return &cli.Command{
		Name:      "start",
		Usage:     "copy a challenge's starter, never over a file of yours",
		ArgsUsage: "NAME [DIR]",
		Description: `   gilcourse start gil-discovery
   gilcourse start challenge3 ~/homework`,
		Flags:        []cli.Flag{courseFlag},
		BashComplete: completeNames,
		Action: func(c *cli.Context) error {
			if n := c.NArg(); n < 1 || n > 2 {
				return usagef("start takes the name of a challenge and, if you like, a folder; `gilcourse list` shows the names")
			}
			co, ids, _, err := resolve(c, c.Args().First())
			if err != nil {
				return err
			}
			dir := c.Args().Get(1)
			if dir == "" {
				dir = "."
			}
			for _, id := range ids {
				files, err := copyStarter(co, id, dir)
				for _, file := range files {
					fmt.Fprintln(c.App.Writer, file)
				}
				if err != nil {
					return err
				}
				fmt.Fprintf(c.App.ErrWriter, "read what it asks for: gilcourse show %s\n", path.Base(id))
			}
			return nil
		},
	}
}

// copyStarter copies one starter, and gives the files that it wrote. It looks first,
// so that nothing is half-written.
func copyStarter(co course.Course, id, dir string) (files []string, err error) {
	starter, err := co.Starter(id)
	if err != nil {
		return nil, err
	}
	var names []string
	err = fs.WalkDir(starter, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, p)
			if _, err := os.Lstat(filepath.Join(dir, p)); err == nil {
				return usagef("%s is there already and is left as it is; name another folder: gilcourse start %s DIR", filepath.Join(dir, p), path.Base(id))
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(starter, name)
		if err != nil {
			return files, err
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return files, usagef("make the folder: %w", err)
		}
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return files, usagef("write the starter: %w", err)
		}
		_, err = f.Write(data)
		if err := errors.Join(err, f.Close()); err != nil {
			return files, fmt.Errorf("write %s: %w", file, err)
		}
		files = append(files, file)
	}
	return files, nil
}
