// SPDX-License-Identifier: Apache-2.0

// Package gls is the goroutine-local slot that woven programs have in runtime.g. In a program that
// is not woven the slot does not exist: Get is nil then and Set does nothing.
package gls

import "unsafe"

// The woven runtime defines the same symbol with its two functions; unwoven, the linker leaves this
// zero one.
//
//go:linkname slot runtime.otelkitSlot
var slot struct {
	get func() unsafe.Pointer
	set func(unsafe.Pointer)
}

// Woven says whether the runtime of this program has the slot.
func Woven() bool { return slot.get != nil }

// Get returns the calling goroutine's slot, nil where nothing was set or inherited.
func Get() unsafe.Pointer {
	if slot.get == nil {
		return nil
	}
	return slot.get()
}

// Set fills the calling goroutine's slot; goroutines started from now on inherit it.
func Set(p unsafe.Pointer) {
	if slot.set != nil {
		slot.set(p)
	}
}
