package saves

import "golang.org/x/sys/unix"

// remotes are the file systems whose changes the kernel here does not see where
// they are made elsewhere, by the magic numbers of statfs(2).
var remotes = map[int64]string{
	0x6969:     "NFS",
	0x517b:     "SMB",
	0xff534d42: "SMB",
	0xfe534d42: "SMB",
	0x01021997: "9P", // a Windows drive in WSL
	0x65735546: "FUSE",
	0x786f4256: "a shared folder",
}

// remote names the file system of a folder where notices cannot be relied on, empty
// elsewhere.
func remote(dir string) string {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return ""
	}
	return remotes[int64(uint32(s.Type))]
}
