// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"fmt"
	"strings"
	"testing"
)

func TestMistakesAreAllToldWithTheirLines(t *testing.T) {
	_, problems := Parse("a.yml", []byte(`aspects:
  - id: one
    join-point: {function-call: Get}
    advice:
      - wrap-expression: "{{ .Nope"
      - add-struct-field: {name: "1x", type: int}
  - id: bad id
    join-point: {funktion: {name: F}}
    advice: []
`))
	told := map[int]string{}
	for _, problem := range problems {
		told[problem.Line] += problem.Message + "\n"
	}
	for line, part := range map[int]string{3: `"Get" is not import/path.Name`, 5: "template:", 6: "not a Go identifier",
		7: "id: letters", 8: `unknown key "funktion"`, 9: "advice: expected a list"} {
		if !strings.Contains(told[line], part) {
			t.Errorf("line %d: expected %q, told %q", line, part, told[line])
		}
	}
}

func TestTemplatesAreCheckedAgainstTheSchema(t *testing.T) {
	const before = "aspects:\n  - id: one\n    join-point: {function-call: fmt.Println}\n    advice:\n      - wrap-expression:\n          template: |\n            "
	for template, wanted := range map[string]string{
		"f({{ .Nope }})": "7: template: .Nope is not known; known: Call, Directive, ",
		"f(\n            {{ if .Call.Ellipsis }}{{ .Call.Nope }}{{ end }})":                  "8: template: .Call.Nope is not known; known: Argument, ",
		"f({{ .Package.Path.Base }})":                                                        "7: template: .Package.Path.Base: there is nothing behind .Package.Path",
		"f({{ with .Type }}{{ .Whatever }}{{ $.Wrong }}{{ end }})":                           "7: template: .Wrong is not known",
		"f({{ (.Function.Argumen 0) }})":                                                     "7: template: .Function.Argumen is not known",
		"f({{ .Line }}, \uE000)":                                                             "7: template: U+E000",
		"f({{ . }}, {{ .Function.Argument 0 }}, {{ .Directive \"a\" }}, {{ unique \"x\" }})": "",
	} {
		_, problems := Parse("a.yml", []byte(before+template+"\n"))
		told := ""
		if len(problems) > 0 {
			told = fmt.Sprintf("%d: %s", problems[0].Line, problems[0].Message)
		}
		if !strings.HasPrefix(told, wanted) || (wanted == "") != (told == "") {
			t.Errorf("%s: %q", template, told)
		}
	}
	_, problems := Parse("a.yml", []byte("aspects:\n  - id: one\n    join-point: {function: {name: F}}\n    advice:\n      - prepend-statements: f({{ .Call.Function }})\n"))
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "selects no call") || problems[0].Line != 5 {
		t.Error(problems)
	}
}

func TestConstraintsCompareVersions(t *testing.T) {
	for _, one := range []struct {
		constraint, version string
		allowed             bool
	}{
		{">=1.22, <1.27", "go1.26.8", true}, {">=1.22, <1.27", "go1.27rc1", false}, {">=1.22", "go1.21.13", false},
		{"=1.26", "go1.26.8", true}, {">1.69", "v1.69.4", false}, {">=1.69.4", "v1.69.4", true}, {">=1", "", false},
	} {
		constraint, err := ParseConstraint(one.constraint)
		if err != nil || constraint.Allows(one.version) != one.allowed {
			t.Errorf("%s allows %s: expected %t, %v", one.constraint, one.version, one.allowed, err)
		}
	}
	if _, err := ParseConstraint("1.22"); err == nil {
		t.Error("a version without operator was taken")
	}
	since, _ := ParseConstraint(">=1.50")
	before, _ := ParseConstraint("<1.50")
	if !since.AllowsModule("") || before.AllowsModule("") || since.AllowsModule("v1.49.0") {
		t.Error("a module whose version nobody knows is not the newest")
	}
}

func TestOnlyNamedPackagesOfTheStandardLibraryAreWoven(t *testing.T) {
	aspects, problems := Parse("a.yml", []byte(`aspects:
  - id: call
    join-point: {function-call: net/http.Get}
    advice: [{wrap-expression: "x({{ . }})"}]
  - id: named
    join-point: {import-path: net/http, function: {name: Get}}
    advice: [{prepend-statements: "x()"}]
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	imports := func(path string) bool { return path == "net/http" }
	standard := &Package{Path: "net/http/httptest", Standard: true, Imports: imports}
	mine := &Package{Path: "example.com/x", Imports: imports}
	ours := &Package{Path: "otelkit.dev/go/std/nethttp", Imports: imports}
	itself := &Package{Path: "net/http", Standard: true, Imports: func(string) bool { return false }}
	for i, expected := range [][2]bool{{false, false}, {true, false}, {false, false}, {false, true}} {
		pkg := []*Package{standard, mine, ours, itself}[i]
		for j, one := range aspects {
			if one.Possible(pkg) != expected[j] {
				t.Errorf("%s in %s: expected %t", one.ID, pkg.Path, expected[j])
			}
		}
	}
}

func FuzzParseTellsOrReads(f *testing.F) {
	f.Add([]byte("aspects:\n  - id: a\n    join-point: {all-of: [{not: {function: {}}}]}\n    advice: [{wrap-expression: \"{{ range .X }}\\n{{ end }}\"}]\n"))
	f.Add([]byte("aspects: [{id: a, join-point: [], advice: [{append-args: {values: [x]}}]}]"))
	f.Fuzz(func(t *testing.T, content []byte) {
		aspects, problems := Parse("a.yml", content)
		if len(problems) > 0 {
			return
		}
		for _, one := range aspects {
			one.Possible(&Package{Path: "a/b", Imports: func(string) bool { return true }})
			one.InText(content)
		}
	})
}
