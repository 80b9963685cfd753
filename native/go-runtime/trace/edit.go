// SPDX-License-Identifier: Apache-2.0

package trace

// Editor adds several attributes to a span under one lock. Its zero value adds nothing.
type Editor struct {
	s *Span
	b []byte
}

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
	return Editor{s, *s.body}
}

// On says whether anything is kept: ask before computing dear values.
func (e *Editor) On() bool { return e.s != nil }

// Done ends the Editor.
func (e *Editor) Done() {
	if e.s != nil {
		*e.s.body = e.b
		e.s.mu.Unlock()
		e.s = nil
	}
}

// Str adds a text, an empty one not.
func (e *Editor) Str(key, value string) {
	if e.s == nil || value == "" || !e.room(1) {
		return
	}
	e.b = AppendKeyValue(e.b, 9, key, Value{kind: 1, str: value}.cut())
}

// Int adds a number.
func (e *Editor) Int(key string, n int) {
	if e.s != nil && e.room(1) {
		e.b = AppendKeyValue(e.b, 9, key, Value{kind: 3, num: uint64(n)})
	}
}

// Add adds attributes that were encoded before, by Encoded.
func (e *Editor) Add(a Encoded) {
	if e.s != nil && e.room(a.count) {
		e.b = append(e.b, a.fields...)
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

func (e *Editor) room(count int) bool {
	if e.s.attributes+count > limits.attributes {
		e.s.dropped[0] += count
		return false
	}
	e.s.attributes += count
	return true
}

// Encoded is attributes that many spans have alike.
type Encoded struct {
	fields []byte
	count  int
}

// Str adds a text, an empty one not.
func (a *Encoded) Str(key, value string) {
	if value != "" {
		a.fields = AppendKeyValue(a.fields, 9, key, Value{kind: 1, str: value}.cut())
		a.count++
	}
}

// Int adds a number.
func (a *Encoded) Int(key string, n int) {
	a.fields = AppendKeyValue(a.fields, 9, key, Value{kind: 3, num: uint64(n)})
	a.count++
}
