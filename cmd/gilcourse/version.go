package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// version is set when a release is built; otherwise the module's is used.
var version = ""

// provenance says what this program is.
type provenance struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`      // empty where it was not built in a repository
	Time     string `json:"commit_time,omitempty"` // RFC 3339
	Modified bool   `json:"modified,omitempty"`    // there were changes beside the commit
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func built() provenance {
	b := provenance{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func programVersion() string { return built().Version }

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "show what this program was built from",
		Description: `   gilcourse version
   gilcourse version --json`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "json", Usage: "as JSON"}},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef("version takes no arguments")
			}
			b := built()
			if c.Bool("json") {
				enc := json.NewEncoder(c.App.Writer)
				enc.SetIndent("", "  ")
				return enc.Encode(b)
			}
			fmt.Fprintf(c.App.Writer, "gilcourse %s\n", b.Version)
			if b.Commit != "" {
				changed := ""
				if b.Modified {
					changed = ", with changes that are not committed"
				}
				fmt.Fprintf(c.App.Writer, "commit   %s of %s%s\n", b.Commit, b.Time, changed)
			}
			fmt.Fprintf(c.App.Writer, "go       %s\nplatform %s\n", b.Go, b.Platform)
			return nil
		},
	}
}
