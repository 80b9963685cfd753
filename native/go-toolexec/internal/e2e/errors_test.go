// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"strings"
	"testing"
)

func TestMistakesAreNamed(t *testing.T) {
	w := newWorld(t, shop())
	fails := func(args ...string) string {
		t.Helper()
		out, err := w.run(weaver, append([]string{"go"}, args...)...)
		if err == nil {
			t.Errorf("go %s did not fail:\n%s", strings.Join(args, " "), out)
		}
		return out
	}
	t.Run("an aspect that gives no Go names its line and the place", func(t *testing.T) {
		w.write("otelkit.yml", strings.Replace(shopAspects, `note.Value("greet", {{ . }})`, `note.Value("greet" {{ . }})`, 1))
		expect(t, fails("build", "."), "otelkit.yml:7", "shop/greet", "main.go:11:14")
	})
	t.Run("an aspect that does not compile names its line and the place", func(t *testing.T) {
		w.write("otelkit.yml", strings.Replace(shopAspects, `note.Value("greet", {{ . }})`, `note.Valu("greet", {{ . }})`, 1))
		out := fails("build", ".")
		expect(t, out, "otelkit.yml:7", "aspect shop/greet", "main.go:11:14", "Valu")
	})
	t.Run("an aspect file with a mistake names it", func(t *testing.T) {
		w.write("otelkit.yml", strings.Replace(shopAspects, "wrap-expression", "wrap-expresion", 1))
		expect(t, fails("build", "."), "otelkit.yml:6", "shop/greet", "wrap-expresion")
	})
}

func TestExplainTellsWhatWouldMatch(t *testing.T) {
	files := shop()
	files["otelkit.yml"] += "  - id: shop/nowhere\n    join-point: {function-call: example.com/shop/lib.Gret}\n" +
		"    advice: [{wrap-expression: \"{{ . }}\"}]\n"
	w := newWorld(t, files)
	out, err := w.run(weaver, "explain", "--json", ".")
	if err != nil {
		t.Fatal(err, out)
	}
	expect(t, out, `"unmatched":[{"id":"shop/nowhere","file":"`, `otelkit.yml","line":21}]`)
	expect(t, out, `"aspect":"shop/greet"`, `"line":11,"column":14`, `"aspect":"ring/new"`, `"importPath":"container/ring"`)
	out, err = w.run(weaver, "aspects", "--json")
	if err != nil {
		t.Fatal(err, out)
	}
	expect(t, out, fmt.Sprintf(`"id":%q`, "ring/new"), `"builtIn":true`)
}
