package queue

import "os"

// nothing is a signal that does nothing: Windows has none, and says so.
var nothing os.Signal = os.Interrupt
