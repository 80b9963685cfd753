// SPDX-License-Identifier: Apache-2.0

package sql

import (
	"context"
	"database/sql/driver"
	"testing"

	"otelkit.dev/go/trace"
)

type plainDriver struct{ driver.Driver }

// otelsqlDriver is called as those of the libraries of that name are, by package.
type otelsqlDriver struct{ driver.Driver }

func TestStatementsOfDriversThatOtelsqlWrapsHaveNoSecondSpan(t *testing.T) {
	trace.Configure(func(string) string { return "" }, true)
	defer trace.Stop()
	for _, one := range []struct {
		d     driver.Driver
		spans bool
	}{{&plainDriver{}, true}, {&otelsqlDriver{}, false}} {
		// By name, and by a connector, which has none.
		for _, source := range []any{open("some", "dsn", one.d), nil} {
			_, state := start(context.Background(), source, one.d, "SELECT 1")
			if (state != nil) != one.spans {
				t.Errorf("%T, opened as %v: %v", one.d, source, state)
			}
			end(state, nil)
		}
	}
}
