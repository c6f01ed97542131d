package machinelock

import "os"

// openFlags open a lock file.
const openFlags = os.O_RDONLY
