// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"otelkit/go-toolexec/internal/aspect"
)

// woven weaves one file of package p (example.com/p) with aspects in YAML.
func woven(t *testing.T, yaml, code string) (string, *Result) {
	t.Helper()
	aspects, problems := aspect.Parse("a.yml", []byte(yaml))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	result, err := Package(&Options{ImportPath: "example.com/p", Aspects: aspects,
		Files: []File{{"p.go", "/src/p.go", []byte(code)}}})
	if err != nil {
		t.Fatal(err)
	}
	content, changed := result.Files["p.go"]
	if !changed {
		return "", result
	}
	text := string(content)
	if _, err := parser.ParseFile(token.NewFileSet(), "p.go", text, 0); err != nil {
		t.Errorf("%s\n%s", err, text)
	}
	head, rest, _ := strings.Cut(text, "\n")
	if head != "//line /src/p.go:1" {
		t.Errorf("first line %q", head)
	}
	return rest, result
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(spaced(text), spaced(part)) {
			t.Errorf("expected %q in:\n%s", part, text)
		}
	}
}

func spaced(text string) string {
	return strings.NewReplacer(". ", ".", "( ", "(", "{  ", "{ ").Replace(strings.ReplaceAll(text, "  ", " "))
}

func one(joinPoint, advice string) string {
	if !strings.HasPrefix(joinPoint, "{") {
		joinPoint = "{" + joinPoint + "}"
	}
	return "imports: {x: example.com/x}\naspects:\n  - id: a\n    join-point: " + joinPoint + "\n    advice:\n      - " + advice + "\n"
}

func TestFunctionsGetNamesWhereTheyHaveNone(t *testing.T) {
	code := "package p\n\nfunc F(int, string) (error) {\n\treturn nil\n}\n\nfunc (T) G(a, _ int) int { return a }\n\ntype T struct{}\n"
	text, _ := woven(t, one("function: {name: [F, G]}",
		`prepend-statements: "defer x.Do({{ .Function.Argument 1 }}, &{{ .Function.Result 0 }})"`), code)
	contains(t, text, "func F(__otelkit_a0 int, __otelkit_a1 string) (__otelkit_r0 error) { defer",
		"func (T) G(a, __otelkit_a1 int) (__otelkit_r0 int) { defer", `package p; import __otelkit_x_`)
	if strings.Count(text, "\n") != strings.Count(code, "\n") {
		t.Errorf("lines moved:\n%s", text)
	}
}

func TestExpressionsOverSeveralLinesKeepTheirLines(t *testing.T) {
	code := "package p\n\nimport h \"net/http\"\n\nvar r, err = h.Get(\n\t\"a\" +\n\t\t\"b\",\n)\nvar after = 1\n"
	text, result := woven(t, one("function-call: net/http.Get", `wrap-expression: "x.Call({{ . }})"`), code)
	contains(t, text, ".Call( h.Get(\n\t\"a\" +\n\t\t\"b\",\n))\nvar after = 1\n")
	if len(result.Matches) != 1 || result.Matches[0].Line != 5 || result.Matches[0].Column != 14 {
		t.Errorf("%+v", result.Matches)
	}
	text, _ = woven(t, one("function-call: net/http.Get",
		`wrap-expression: "x.Call({{ .Call.Function }}, {{ .Call.Argument 0 }})"`), code)
	contains(t, text, "/*line /src/p.go:6:2*/\"a\" +\n\t\t\"b\")/*line /src/p.go:8:2*/\nvar after")
}

func TestCallsWithinCallsAreAllWoven(t *testing.T) {
	text, _ := woven(t, one("function-call: fmt.Sprint", `wrap-expression: "x.W({{ . }})"`),
		"package p\n\nimport \"fmt\"\n\nvar s = fmt.Sprint(fmt.Sprint(1))\n")
	if strings.Count(spaced(text), ".W(") != 2 {
		t.Error(text)
	}
}

func TestArgumentsAreAppended(t *testing.T) {
	advice := "append-args: {values: [\"x.V\", \"2\"], type: any}"
	call := one("function-call: fmt.Sprint", advice)
	for code, want := range map[string]string{
		"fmt.Sprint()":      ".V, 2)",
		"fmt.Sprint(1)":     "fmt.Sprint(1, ",
		"fmt.Sprint(1,\n)":  "fmt.Sprint(1, ",
		"fmt.Sprint(xs...)": "append(append([]any(nil), xs...), ",
	} {
		text, _ := woven(t, call, "package p\n\nimport \"fmt\"\n\nvar xs []any\nvar s = "+code+"\n")
		contains(t, text, want)
	}
}

func TestShadowedImportsAreNotMatched(t *testing.T) {
	text, _ := woven(t, one("function-call: fmt.Sprint", `wrap-expression: "x.W({{ . }})"`),
		"package p\n\nimport \"fmt\"\n\ntype t struct{}\n\nfunc (t) Sprint() {}\n\nfunc f() { var fmt t; fmt.Sprint() }\n\nvar _ fmt.Stringer\n")
	if text != "" {
		t.Error(text)
	}
}

func TestStructsLiteralsValuesAndDirectives(t *testing.T) {
	code := "package p\n\nimport \"net/http\"\n\ntype S struct {\n\ta int // c\n}\n\ntype E struct{}\n\ntype O struct{ a int }\n\nvar D = 1\n\n" +
		"func f() *http.Server {\n\t//otelkit:span name:q\n\tg(1)\n\treturn &http.Server{Addr: \"x\"}\n}\n\nfunc g(int) {}\n"
	text, _ := woven(t, one("{import-path: example.com/p, struct-definition: [S, E, O]}", "add-struct-field: {name: extra, type: x.T}"), code)
	contains(t, text, "a int // c\n extra __otelkit_x_", "type E struct{ extra ", "type O struct{ a int ; extra ")
	text, _ = woven(t, one("{import-path: example.com/p, struct-definition: [S, E, O]}",
		"add-struct-field: {name: extra, type: int}\n      - add-struct-field: {name: other, type: int}"),
		strings.Replace(code, "{ a int }", "{ a int; }", 1))
	contains(t, text, "a int // c\n  extra int ;  other int }", "type E struct{  extra int ;  other int }",
		"type O struct{ a int;   extra int ;  other int }")
	text, _ = woven(t, one("struct-literal: {type: net/http.Server, pointer: true}", `wrap-expression: "x.S({{ . }})"`), code)
	contains(t, text, `.S( &http.Server{Addr: "x"})`)
	text, _ = woven(t, one("value-declaration: {name: D}", `assign-value: "{{ . }} + 1"`), code)
	contains(t, text, "var D =  1 + 1\n")
	text, _ = woven(t, one(`directive: "otelkit:span"`, `prepend-statements: "x.Span({{ quote (.Directive \"name\") }})"`), code)
	contains(t, text, `.Span( "q"); g(1)`)
	text, _ = woven(t, one("{inside: {function: {name: f}}, function-call: example.com/p.g}", "replace-function: example.com/x.G"), code)
	contains(t, text, ".G(1)\n")
}

func TestDeclarationsGoIntoAFileOfTheirOwn(t *testing.T) {
	_, result := woven(t, one("{import-path: example.com/p}", "inject-declarations: |\n          //go:linkname hook\n          var hook func(x.T)"),
		"package p\n")
	if len(result.Extra) != 1 {
		t.Fatal(result)
	}
	contains(t, string(result.Extra[0].Content), "package p\nimport _ \"unsafe\"\n", "//line a.yml:7\n//go:linkname hook\nvar hook func(__otelkit_x_")
}

func TestTemplatesThatGiveNoGoNameTheirLine(t *testing.T) {
	aspects, _ := aspect.Parse("a.yml", []byte(one("function: {name: F}", "prepend-statements: |\n          a := 1\n          b := := 2")))
	_, err := Package(&Options{ImportPath: "p", Aspects: aspects, Files: []File{{"p.go", "/p.go", []byte("package p\n\nfunc F() {}\n")}}})
	if problem, ok := err.(aspect.Problem); !ok || problem.Line != 8 || problem.Aspect != "a" || !strings.Contains(problem.Message, "/p.go:3:1") {
		t.Errorf("%+v", err)
	}
}

func FuzzAnyGoFileStaysGo(f *testing.F) {
	f.Add("package p\n\nfunc F(int) (a int) { return F(F(1)) }\n")
	f.Add("package p\n\ntype S struct{ F func(int) }\n\nfunc (s S) F() { go func() { s.F() }() }\n")
	aspects, _ := aspect.Parse("a.yml", []byte(one("function: {}", `prepend-statements: "defer x.Do({{ .Function.Name | quote }})"`)+
		"  - id: b\n    join-point: {function-call: [p.F]}\n    advice: [{wrap-expression: \"x.W({{ . }})\"}]\n"))
	f.Fuzz(func(t *testing.T, code string) {
		if _, err := parser.ParseFile(token.NewFileSet(), "", code, 0); err != nil {
			return
		}
		result, err := Package(&Options{ImportPath: "p", Aspects: aspects, Files: []File{{"p.go", "/p.go", []byte(code)}}})
		if err != nil {
			t.Fatal(err)
		}
		if content, changed := result.Files["p.go"]; changed {
			if _, err := parser.ParseFile(token.NewFileSet(), "", content, 0); err != nil {
				t.Errorf("%s\n%s\n%s", err, code, content)
			}
		}
	})
}
