// Package format is the table of ways in which something is written, for people
// and for programs.
package format

import (
	"fmt"
	"io"
	"strings"
)

// Options say how text is written; other formats do without.
type Options struct {
	Color   bool
	Width   int // columns, 80 where 0
	Verbose bool
	// Brief begins with what matters, and leaves out what a person at a terminal does
	// not need at first; Legend adds what the headings of tables mean.
	Brief, Legend bool
}

// Format is a way of writing a T.
type Format[T any] struct {
	Name  string
	Write func(io.Writer, T, Options) error
}

// Table lists the formats of a T, in the order in which a person is told of
// them.
type Table[T any] []Format[T]

// Names names the formats.
func (t Table[T]) Names() []string {
	var names []string
	for _, f := range t {
		names = append(names, f.Name)
	}
	return names
}

// Write writes a value in a format. An unknown format is an error.
func (t Table[T]) Write(w io.Writer, name string, v T, o Options) error {
	for _, f := range t {
		if f.Name == name {
			return f.Write(w, v, o)
		}
	}
	return fmt.Errorf("there is no format %q; known are %s", name, strings.Join(t.Names(), ", "))
}
