package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// NoBrowser says that no program was found that shows a page.
type NoBrowser struct{ Tried []string }

func (e *NoBrowser) Error() string {
	return fmt.Sprintf("no browser was found (tried %s); set BROWSER to one, or open the page yourself", strings.Join(e.Tried, ", "))
}

// Browse shows a file or an address in the user's browser: the program that BROWSER
// names, else the system's own way. It is started outside of any sandbox, gets what
// to show as its only argument, and is not waited for. An error is a NoBrowser
// where there is none.
func Browse(page string) error {
	none := &NoBrowser{}
	for _, command := range browsers() {
		program, err := exec.LookPath(command[0])
		if err != nil {
			none.Tried = append(none.Tried, command[0])
			continue
		}
		cmd := exec.Command(program, append(command[1:], page)...)
		if err := cmd.Start(); err != nil {
			return fmt.Errorf("open %s with %s: %w", page, program, err)
		}
		return cmd.Process.Release()
	}
	return none
}

// browsers are the commands that show a page, the likeliest first.
func browsers() [][]string {
	var all [][]string
	if own := os.Getenv("BROWSER"); own != "" {
		all = append(all, []string{own})
	}
	switch runtime.GOOS {
	case "darwin":
		return append(all, []string{"open"})
	case "windows":
		return append(all, []string{"rundll32", "url.dll,FileProtocolHandler"})
	}
	return append(all, []string{"xdg-open"}, []string{"wslview"}, []string{"sensible-browser"})
}
