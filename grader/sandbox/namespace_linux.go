package sandbox

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// firstUser is where the ids of the users begin as whom commands run where the
// grader is root: beyond those of people and services, and beyond those that
// systemd gives to containers (which end at 1879048191).
const firstUser = 1_900_000_000

// nobody is the user that is left where a user namespace around the grader
// has not so many.
const nobody = 65534

// otherUser is the user as whom a command runs, for the grader is root and the
// command must not be; 0 where the grader is not root. It is another one for
// each grader.
func otherUser() int {
	if os.Geteuid() != 0 {
		return 0
	}
	for _, id := range []int{firstUser + os.Getpid()&0xffff, nobody} {
		if mapped("/proc/self/uid_map", id) && mapped("/proc/self/gid_map", id) {
			return id
		}
	}
	return 0
}

func mapped(file string, id int) bool {
	for _, m := range idMaps(file) {
		if id >= m.ContainerID && id-m.ContainerID < m.Size {
			return true
		}
	}
	return false
}

// idMaps gives the ids that there are in this user namespace, each mapped to
// itself.
func idMaps(file string) []syscall.SysProcIDMap {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var maps []syscall.SysProcIDMap
	for line := range strings.Lines(string(data)) {
		var inside, outside, count int64
		if _, err := fmt.Sscan(line, &inside, &outside, &count); err == nil && inside < 1<<31 {
			count = min(count, 1<<31-1-inside)
			maps = append(maps, syscall.SysProcIDMap{ContainerID: int(inside), HostID: int(inside), Size: int(count)})
		}
	}
	return maps
}

// attributes are how the supervisor is started for a plan: in namespaces of
// its own where there are to be any, with the capabilities there that it needs
// to furnish them.
func (p plan) attributes() *syscall.SysProcAttr {
	// A session of its own: where the kernel shares cores out by session
	// (sched_autogroup), the watching must not wait behind the grader's
	// neighbours.
	attr := &syscall.SysProcAttr{Setsid: true}
	if p.Space == shared {
		return attr
	}
	attr.Cloneflags = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWIPC
	if p.Space == private {
		attr.Cloneflags |= unix.CLONE_NEWPID
	}
	if p.UID != 0 {
		attr.UidMappings, attr.GidMappings = idMaps("/proc/self/uid_map"), idMaps("/proc/self/gid_map")
		attr.GidMappingsEnableSetgroups = true
		return attr // root keeps its capabilities when it executes a program
	}
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Geteuid(), HostID: os.Geteuid(), Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}
	attr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_SETPCAP, unix.CAP_SYS_PTRACE}
	return attr
}

// raiseLoopback switches the loopback interface on: in a new network namespace
// it is off.
func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, req); err != nil {
		return err
	}
	req.SetUint16(req.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req)
}

// mountSpace names this process's mount namespace.
func mountSpace() string {
	name, err := os.Readlink("/proc/self/ns/mnt")
	if err != nil {
		return ""
	}
	return name
}

// backlog is how many connections may wait to be accepted.
const backlog = 1024

// openListeners opens listeners in this network namespace and passes them to
// the grader, all in one message.
func openListeners(ports []int, conn int) error {
	if len(ports) == 0 {
		return nil
	}
	var fds []int
	for _, port := range ports {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if err := unix.Bind(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
			return err
		}
		if err := unix.Listen(fd, backlog); err != nil {
			return err
		}
		fds = append(fds, fd)
	}
	return unix.Sendmsg(conn, []byte{byte(len(fds))}, unix.UnixRights(fds...), nil, 0)
}
