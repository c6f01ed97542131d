package sched

import (
	"os"
	"testing"
)

// TestBytes writes into a pipe and wants the account of this process to hold it.
func TestBytes(t *testing.T) {
	before, ok := Account(os.Getpid())
	if !ok {
		t.Skip("the kernel does not count what a process writes")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	const size = 1 << 20
	go func() {
		defer w.Close()
		if _, err := w.Write(make([]byte, size)); err != nil {
			t.Error(err)
		}
	}()
	buffer, read := make([]byte, 1<<16), 0
	for read < size {
		n, err := r.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		read += n
	}
	if after, ok := Account(os.Getpid()); !ok || after.Bytes-before.Bytes < size || after.Writes <= before.Writes {
		t.Errorf("%d bytes in %d writes, %v", after.Bytes-before.Bytes, after.Writes-before.Writes, ok)
	}
}
