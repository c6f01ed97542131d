package main

import (
	"fmt"
	"path"

	"github.com/urfave/cli/v2"
)

// The scripts ask the program itself, with urfave/cli's hidden flag, what can
// follow.
var completions = map[string]string{
	"bash": `_gilcourse() {
  local words=("${COMP_WORDS[@]:0:$COMP_CWORD}")
  COMPREPLY=($(compgen -W "$("${words[@]}" --generate-bash-completion 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _gilcourse gilcourse
`,
	"zsh": `#compdef gilcourse
_gilcourse() {
  local -a candidates
  candidates=("${(@f)$("${(@)words[1,$CURRENT-1]}" --generate-bash-completion 2>/dev/null)}")
  compadd -a candidates || _files
}
compdef _gilcourse gilcourse
`,
	"fish": `complete -c gilcourse -a '(set -l words (commandline -opc); $words --generate-bash-completion 2>/dev/null)'
`,
}

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the completion script for a shell",
		ArgsUsage: "bash|zsh|fish",
		Description: `   source <(gilcourse completion bash)
   source <(gilcourse completion zsh)
   gilcourse completion fish | source`,
		Action: func(c *cli.Context) error {
			script, ok := completions[c.Args().First()]
			if !ok || c.NArg() != 1 {
				return usagef("completion takes one of bash, zsh and fish")
			}
			fmt.Fprint(c.App.Writer, script)
			return nil
		},
	}
}

// completeNames lists the names of challenges and workshops.
func completeNames(c *cli.Context) {
	if c.NArg() > 0 {
		return // a path follows: the shell knows those
	}
	co, err := openCourse(c)
	if err != nil {
		return
	}
	workshops, _ := co.WorkshopIDs()
	ids, _ := co.IDs()
	for _, id := range workshops {
		fmt.Fprintln(c.App.Writer, id)
	}
	for _, id := range ids {
		fmt.Fprintln(c.App.Writer, path.Base(id))
	}
}
