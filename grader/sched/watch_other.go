//go:build !linux

package sched

import "time"

// Supported says whether tasks can be observed on this system.
var Supported = false

// Watcher sees nothing on this system.
type Watcher struct{}

// Watch gives a Watcher that sees nothing.
func Watch(int, time.Time, float64) *Watcher { return &Watcher{} }

// Usage is always zero here.
func (w *Watcher) Usage() Usage { return Usage{} }

// Stop gives an empty observation.
func (w *Watcher) Stop() Observation { return Observation{} }
