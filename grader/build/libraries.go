package build

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// librarySuffixes are those of the files that a Python program loads.
var librarySuffixes = []string{".so", ".dylib", ".pyd", ".dll"}

// complete links a unit with those that define what it lacks, once.
func (b *builder) complete(ctx context.Context, u *unit) error {
	if u.step == nil || u.complete {
		return nil
	}
	u.complete = true
	var with []*unit
	switch {
	case u.step.OK:
		with = b.lacking(u)
	case u.step.Error == nil && undefined.MatchString(u.step.Output):
		// The linker was told to leave nothing open, so the rest of the folder
		// is all that can be tried.
		for _, v := range b.units {
			if v != u && v.plus == u.plus && len(v.modules) == 0 && path.Dir(v.file) == path.Dir(u.file) {
				with = append(with, v)
			}
		}
	}
	if len(with) == 0 {
		return nil
	}
	alone, out := *u.step, u.out
	if err := b.link(ctx, u, with); err != nil {
		return err
	}
	if !u.step.OK { // what it had was better
		*u.step, u.out = alone, out
	}
	return nil
}

// lacking lists the units that define what u, and they themselves, lack.
func (b *builder) lacking(u *unit) []*unit {
	set := []*unit{u}
	for i := 0; i < len(set); i++ {
		for _, name := range set[i].wanted {
			if slices.ContainsFunc(set, func(v *unit) bool { return v.defined[name] }) {
				continue
			}
			var best *unit
			for _, v := range b.units {
				if v.plus != u.plus || len(v.modules) > 0 || !v.defined[name] || clashes(set, v) {
					continue
				}
				if best == nil || path.Dir(v.file) == path.Dir(u.file) && path.Dir(best.file) != path.Dir(u.file) {
					best = v
				}
			}
			if best != nil {
				set = append(set, best)
			}
		}
	}
	return set[1:]
}

func clashes(set []*unit, v *unit) bool {
	return slices.ContainsFunc(set, func(u *unit) bool {
		for name := range v.defined {
			if u.defined[name] {
				return true
			}
		}
		return false
	})
}

// forgive takes out the failures of files that another one includes whole:
// they need not stand by themselves.
func (b *builder) forgive() {
	for _, u := range b.units {
		if u.step == nil || !u.step.OK {
			continue
		}
		for _, v := range b.units {
			if v.step != nil && !v.step.OK && slices.Contains(u.includes, v.file) {
				b.steps = slices.DeleteFunc(b.steps, func(s *record.Build) bool { return s == v.step })
			}
		}
	}
}

// publish gives what was built its conventional names.
func (b *builder) publish(ctx context.Context) error {
	for _, u := range b.units {
		if u.out == "" {
			continue
		}
		if len(u.modules) > 0 {
			if err := b.module(ctx, u); err != nil {
				return err
			}
		} else {
			b.plain(u)
		}
		if len(u.step.Made) > 0 {
			u.step.Command = strings.Replace(u.step.Command, u.target(), quoted(u.step.Made[:1]), 1)
		}
	}
	return nil
}

// plain names a library. Python prefers NAME.so to NAME.py, so that name is
// left alone where it would hide a module, unless the source asks for it.
func (b *builder) plain(u *unit) {
	dir := path.Dir(u.file)
	own, lib := path.Join(dir, u.stem()+".so"), path.Join(dir, "lib"+u.stem()+".so")
	if !b.put[own] && (!b.exists(path.Join(dir, u.stem()+".py")) || slices.Contains(b.Libraries, own)) {
		b.give(u.step, u.out, own)
	}
	if strings.HasPrefix(u.stem(), "lib") && b.put[own] {
		return
	}
	taken := func(v *unit) bool { return path.Dir(v.file) == dir && v.stem() == "lib"+u.stem() }
	if !b.put[lib] && !slices.ContainsFunc(b.units, taken) {
		b.give(u.step, u.out, lib)
	}
}

// module names an extension module, beside its file and where Python finds it.
func (b *builder) module(ctx context.Context, u *unit) error {
	if b.Suffix == "" {
		suffix, err := b.askSuffix(ctx)
		if err != nil {
			return err
		}
		b.Suffix = suffix
	}
	for _, name := range u.modules {
		beside := path.Join(path.Dir(u.file), name+b.Suffix)
		if b.put[beside] { // by a setup.py
			continue
		}
		b.give(u.step, u.out, beside)
		b.importable(u.step, beside)
	}
	return nil
}

// importable gives an extension module in a folder that is no package a place
// at the top too, where it would hide nothing.
func (b *builder) importable(step *record.Build, made string) {
	dir, file := path.Split(made)
	name, _, _ := strings.Cut(file, ".")
	if dir == "" || b.exists(dir+"__init__.py") || b.exists(file) || b.exists(name) || b.exists(name+".py") || b.exists(name+".so") {
		return
	}
	b.give(step, made, file)
}

func (b *builder) exists(name string) bool {
	_, err := b.root.Lstat(name)
	return err == nil
}

// askSuffix asks the interpreter. Every one also takes the plain .so.
func (b *builder) askSuffix(ctx context.Context) (string, error) {
	const plain = ".so"
	if b.Python.Path == "" {
		return plain, nil
	}
	res, err := sandbox.Run(ctx, sandbox.Command{
		Args:   []string{b.Python.Path, "-I", "-c", "import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'))"},
		Dir:    b.Dir,
		Env:    b.Env,
		Limits: sandbox.Limits{Wall: 20 * time.Second},
	})
	if err != nil {
		return "", err
	}
	suffix := strings.TrimSpace(res.Stdout)
	if !res.OK() || !strings.HasPrefix(suffix, ".") || strings.ContainsAny(suffix, `/\`) {
		return plain, nil
	}
	return suffix, nil
}

// library makes a file that the Python source loads by name, where nothing
// else has made it.
func (b *builder) library(ctx context.Context, name string) error {
	name = path.Clean(name)
	if !filepath.IsLocal(name) || !slices.Contains(librarySuffixes, path.Ext(name)) || b.exists(name) {
		return nil
	}
	units := b.sources(name)
	for _, u := range units {
		if err := b.compile(ctx, u); err != nil {
			return err
		}
		if err := b.complete(ctx, u); err != nil {
			return err
		}
	}
	units = slices.DeleteFunc(units, func(u *unit) bool { return u.out == "" })
	var set []*unit
	for _, u := range units {
		if (len(set) == 0 || u.plus == set[0].plus) && !clashes(set, u) {
			set = append(set, u)
		}
	}
	switch len(set) {
	case 0:
	case 1:
		b.give(set[0].step, set[0].out, name)
	default:
		whole := &unit{file: set[0].file, plus: set[0].plus, headers: set[0].headers, step: &record.Build{}}
		if err := b.link(ctx, whole, set[1:]); err != nil {
			return err
		}
		whole.step.File = name
		whole.step.Command = strings.Replace(whole.step.Command, whole.target(), quoted([]string{name}), 1)
		b.steps = append(b.steps, whole.step)
		if whole.out != "" {
			b.give(whole.step, whole.out, name)
		}
	}
	return nil
}

// sources lists the units that belong into a library: the one that is called
// like it, else all plain ones in its folder, else all plain ones.
func (b *builder) sources(name string) []*unit {
	stem, _, _ := strings.Cut(path.Base(name), ".")
	stem = strings.TrimPrefix(stem, "lib")
	near := func(u *unit) bool { return path.Dir(u.file) == path.Dir(name) }
	called := func(u *unit) bool { return strings.TrimPrefix(u.stem(), "lib") == stem }
	plain := func(u *unit) bool { return len(u.modules) == 0 && !u.obeyed }
	for _, wanted := range []func(*unit) bool{
		func(u *unit) bool { return called(u) && near(u) },
		called,
		func(u *unit) bool { return plain(u) && near(u) },
		plain,
	} {
		found := slices.DeleteFunc(slices.Clone(b.units), func(u *unit) bool { return !wanted(u) })
		if len(found) > 0 && called(found[0]) {
			return found[:1]
		}
		if len(found) > 0 {
			return found
		}
	}
	return b.units[:min(1, len(b.units))]
}

// give gives a finished file a name in the working copy.
func (b *builder) give(step *record.Build, out, name string) {
	err := b.root.MkdirAll(path.Dir(name), 0o755)
	if err == nil {
		b.root.Remove(name)
		if err = b.root.Link(out, name); err != nil {
			err = b.copy(out, name)
		}
	}
	if err != nil {
		step.OK = false
		step.Output = strings.TrimSpace(fmt.Sprintf("%s\n%s could not be made: %v", step.Output, name, err))
		return
	}
	b.put[name] = true
	step.Made = append(step.Made, name)
}

// copy is for file systems without hard links.
func (b *builder) copy(out, name string) error {
	from, err := b.root.Open(out)
	if err != nil {
		return err
	}
	defer from.Close()
	b.outputs++
	half := path.Join(scratch, strconv.Itoa(b.outputs)+".copy")
	to, err := b.root.OpenFile(half, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return err
	}
	if err := to.Close(); err != nil {
		return err
	}
	return b.root.Rename(half, name)
}
