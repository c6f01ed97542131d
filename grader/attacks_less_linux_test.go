package grader_test

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// lesserMachine is one with less than this: system calls of the kernel that it does
// not have, or that are forbidden there.
type lesserMachine struct {
	name    string
	without []string // the layers that are not to be had
	refused []refusal
}

type refusal struct {
	call  uint32
	flags uint32 // in the first argument, of which one has to be set; 0 for any call
	errno unix.Errno
}

var (
	// noNamespaces is what Docker's filter does to a user without capabilities,
	// and AppArmor on Ubuntu from 23.10 on.
	noNamespaces = []refusal{
		{unix.SYS_UNSHARE, 0, unix.EPERM}, {unix.SYS_SETNS, 0, unix.EPERM}, {unix.SYS_CLONE3, 0, unix.ENOSYS},
		{unix.SYS_CLONE, unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC, unix.EPERM},
	}
	// noLandlock is a kernel before 5.13.
	noLandlock = []refusal{{unix.SYS_LANDLOCK_CREATE_RULESET, 0, unix.ENOSYS}}

	lesser = []lesserMachine{
		{"container", []string{"namespaces"}, noNamespaces},
		{"old-kernel", []string{"landlock"}, noLandlock},
		{"old-container", []string{"namespaces", "landlock"}, slices.Concat(noNamespaces, noLandlock)},
	}
)

// lesserEnv tells a test process which of them it is to be.
const lesserEnv = "GILCOURSE_TEST_MACHINE"

// TestAttacksOnLess runs the attacks where a machine offers less, as this user
// and as one without privileges: one of the machines a day, all that
// GILCOURSE_TEST_MACHINE=all is asked for.
func TestAttacksOnLess(t *testing.T) {
	if os.Getenv("GILCOURSE_LIVE") != "all" {
		t.Skip("GILCOURSE_LIVE=all runs it")
	}
	asked := os.Getenv(lesserEnv)
	if i := slices.IndexFunc(lesser, func(m lesserMachine) bool { return m.name == asked }); i >= 0 {
		attackOn(t, lesser[i])
		return
	}
	type one struct {
		lesserMachine
		user int
	}
	var all []one
	for _, m := range lesser {
		all = append(all, one{m, os.Getuid()})
		if os.Getuid() == 0 {
			all = append(all, one{m, nobody})
		}
	}
	if asked != "all" {
		all = all[liveSeed(t)%uint64(len(all)):][:1]
	}
	for _, o := range all {
		name := o.name + "/by-this-user"
		run := again
		if o.user != os.Getuid() {
			name, run = o.name+"/by-nobody", asNobody
		}
		t.Run(name, func(t *testing.T) {
			out, err := run(t, "^TestAttacksOnLess$", lesserEnv+"="+o.name)
			if err != nil || !bytes.Contains(out, []byte("--- PASS: TestAttacksOnLess")) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// attackOn makes this process a lesser machine, for good, and runs the attacks.
func attackOn(t *testing.T, m lesserMachine) {
	if err := refuse(m.refused); err != nil {
		t.Skipf("no filter of system calls can be had here: %v", err)
	}
	l, err := sandbox.Choose(t.Context(), sandbox.Auto)
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range l.Report().Layers {
		if slices.Contains(m.without, layer.Name) && layer.Active {
			t.Fatalf("%s is active all the same", layer.Name)
		}
	}
	_, err = sandbox.Choose(t.Context(), sandbox.Require)
	attack(t, []layer{{name: m.name, mode: sandbox.Auto, isolates: err == nil}})
}

// refuse has the kernel refuse system calls to all threads of this process and
// whatever they start (seccomp(2)).
func refuse(calls []refusal) error {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	const call, firstArgument = 0, 16 // in struct seccomp_data, little-endian
	var p []unix.SockFilter
	for _, c := range calls {
		give := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(c.errno)}
		p = append(p, load(call))
		if c.flags == 0 {
			p = append(p, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: c.call, Jf: 1}, give)
			continue
		}
		p = append(p, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: c.call, Jf: 3}, load(firstArgument),
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: c.flags, Jf: 1}, give)
	}
	p = append(p, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW})
	prog := unix.SockFprog{Len: uint16(len(p)), Filter: &p[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&prog))); errno != 0 {
		return errno
	}
	return nil
}
