// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"context"
	"strings"
)

// SetRoute gives the request that ctx belongs to its route. Routers call it when their handler is
// done, so the innermost speaks first and is believed; one outside, mounted under a prefix that was
// stripped (`/api/` around `/users/{id}`), adds that prefix.
func SetRoute(ctx context.Context, route string) {
	s := Current(ctx)
	if s == nil || s.entry == nil || route == "" {
		return
	}
	s.entry.SetRoute(route)
}

// SetRoute is SetRoute for the span itself.
func (s *Span) SetRoute(route string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.route == "":
		s.route = route
	case len(route) > 1 && strings.HasSuffix(route, "/") && !strings.HasPrefix(s.route, route):
		s.route = strings.TrimSuffix(route, "/") + s.route
	}
}

// Route returns what SetRoute was given, or "".
func (s *Span) Route() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.route
}

// Entry returns the first span of this process above s, s itself where there is none.
func (s *Span) Entry() *Span {
	if s == nil {
		return nil
	}
	return s.entry
}

// Parent returns the ID of the parent, wherever it is; zero for a root.
func (s *Span) Parent() SpanID { return s.parent }
