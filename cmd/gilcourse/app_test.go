package main

import (
	"context"
	"errors"
	"testing"
)

// TestTidied leaves a command that goes on after a signal, and hears one that
// ends.
func TestTidied(t *testing.T) {
	if err := tidied(make(chan error)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	done, last := make(chan error, 1), errors.New("its own")
	done <- last
	if err := tidied(done); err != last {
		t.Errorf("got %v", err)
	}
}

// TestInterruptible leaves work that does not look whether it may go on.
func TestInterruptible(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := interruptible(ctx, func() error { select {} }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
