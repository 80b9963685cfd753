// SPDX-License-Identifier: Apache-2.0

package trace

// Editor adds several attributes to a span under one lock. Its zero value adds nothing.
type Editor struct{ s *Span }

// Edit starts an Editor; nothing else may be done with the span until Done.
func (s *Span) Edit() Editor {
	if s == nil || !s.recording {
		return Editor{}
	}
	s.mu.Lock()
	if s.body == nil {
		s.mu.Unlock()
		return Editor{}
	}
	return Editor{s}
}

// On says whether anything is kept: ask before computing dear values.
func (e *Editor) On() bool { return e.s != nil }

// Done ends the Editor.
func (e *Editor) Done() {
	if e.s != nil {
		e.s.mu.Unlock()
		e.s = nil
	}
}

// Str adds a text, an empty one not.
func (e *Editor) Str(key, value string) {
	if e.s != nil && value != "" {
		e.s.add(key, Value{kind: 1, str: value})
	}
}

// Int adds a number.
func (e *Editor) Int(key string, n int) {
	if e.s != nil {
		e.s.add(key, Value{kind: 3, num: uint64(n)})
	}
}

// Name sets the span's name.
func (e *Editor) Name(name string) {
	if e.s != nil {
		e.s.name = name
	}
}

// NameWithRoute makes the name `name route`.
func (e *Editor) NameWithRoute(name string) {
	if e.s != nil {
		e.s.name, e.s.routeInName = name, true
	}
}
