// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"slices"
	"strings"
	"testing"
)

const textName, textJSON, manualKind = 18, 22, 10

// The frameworks take a minute to compile: OTELKIT_FULL_MATRIX=1.
func TestFrameworks(t *testing.T) {
	r, addresses := tracedMatrix(t, "frameworks", 6)
	for i, c := range []struct {
		name, path string
		routes     []string
	}{
		{"gin", "/user/7", []string{"/user/:id"}},
		{"gorilla", "/user/7", []string{"/user/{id:[0-9]+}"}},
		{"echo", "/user/7", []string{"/user/:id"}},
		{"chi", "/user/7", []string{"/user/*", "/{id}"}},
		{"chi", "/plain/7", []string{"/plain/{id}"}},
	} {
		t.Run("the route of "+c.name+" "+c.path, func(t *testing.T) {
			r.spans = nil
			get(t, addresses[min(i, 3)], c.path)
			if s := r.wait(1)[0]; !slices.Equal(s.routes, c.routes) || s.status != 200 {
				t.Errorf("%+v", s)
			}
		})
	}
	t.Run("spans of auto/sdk join", func(t *testing.T) {
		r.spans = nil
		get(t, addresses[4], "/")
		spans := r.wait(4)
		server := one(t, spans, httpServer, textPath, "/")
		client := one(t, spans, httpClient, textPath, "/called")
		var outer, inner span
		for _, s := range spans {
			if s.kind == manualKind && strings.Contains(s.texts[textJSON], `"name":"outer"`) {
				outer = s
			} else if s.kind == manualKind {
				inner = s
			}
		}
		if outer.parent != server.id || inner.parent != outer.id || client.parent != outer.id ||
			!strings.Contains(outer.texts[textJSON], `"k"`) {
			t.Errorf("%+v\n%+v\n%+v", outer, inner, client)
		}
	})
	t.Run("and those of the API alone", func(t *testing.T) {
		r.spans = nil
		get(t, addresses[5], "/")
		spans := r.wait(4)
		server := one(t, spans, httpServer, textPath, "/")
		client := one(t, spans, httpClient, textPath, "/called")
		outer, inner := one(t, spans, manualKind, textName, "outer"), one(t, spans, manualKind, textName, "inner")
		if outer.parent != server.id || inner.parent != outer.id || client.parent != outer.id {
			t.Errorf("%+v\n%+v\n%+v", outer, inner, client)
		}
	})
}
