// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const mainFile = `package main

import (
	"container/ring"
	"fmt"

	"example.com/shop/lib"
)

func main() {
	fmt.Println(lib.Greet("world"), ring.New(3).Len())
	defer func() {
		fmt.Println(recover(), lib.Line())
	}()
	lib.Boom()
}
`

const libFile = `package lib

import "runtime"

// Greet greets.
func Greet(string) string { return "hello" }

func Line() int {
	_, _, line, _ := runtime.Caller(
		0) // the call begins a line above

	return line
}

//otelkit:span name:boom
func Boom() {
	panic("boom")
}
`

const shopAspects = `imports: {note: otelkit.dev/go/note}
aspects:
  - id: shop/greet
    join-point: {function-call: example.com/shop/lib.Greet}
    advice:
      - wrap-expression: |
          note.Value("greet", {{ . }})
  - id: shop/lib
    join-point:
      all-of:
        - import-path: example.com/shop/lib
        - function: {name: Greet}
    advice:
      - prepend-statements: |
          defer note.Enter({{ quote .Function.Name }} + {{ .Function.Argument 0 }})()
  - id: shop/span
    join-point: {directive: "otelkit:span"}
    advice:
      - prepend-statements: |
          defer note.Enter("{{ .Directive "name" }}")()
`

func shop() map[string]string {
	return map[string]string{
		"go.mod": "module example.com/shop\n\ngo 1.22\n", "main.go": mainFile, "lib/lib.go": libFile,
		"lib/lib_test.go": "package lib\n\nimport \"testing\"\n\nfunc TestGreet(t *testing.T) {\n\tif Greet(\"x\") == \"\" {\n\t\tt.Fatal()\n\t}\n}\n",
		"otelkit.yml":     shopAspects,
	}
}

var woven = []string{"boot\n", "ring 3\n", "value greet 1\n", "enter Greetworld\n", "leave Greetworld\n", "enter boom\n", "hello 3\n", "boom 9\n"}

func TestBuildWeavesMainLibraryAndStandardLibrary(t *testing.T) {
	w := newWorld(t, shop())
	before := w.listing()
	w.must("build", "-o", "../shop", ".")
	out, err := w.run("../shop")
	if err != nil {
		t.Fatal(err, out)
	}
	expect(t, out, woven...)
	if after := w.listing(); after != before {
		t.Errorf("the module changed:\n%s\n%s", before, after)
	}
	t.Run("an unchanged build rebuilds nothing", func(t *testing.T) {
		if out := w.must("build", "-x", "-o", "../shop", "."); strings.Contains(out, "/compile ") {
			t.Error(out)
		}
	})
	t.Run("a plain build in the same cache stays plain", func(t *testing.T) {
		if out, err := w.run("go", "run", "."); err != nil || strings.Contains(out, "boot") {
			t.Error(err, out)
		}
	})
	t.Run("an edit is seen, and so is an edited aspect", func(t *testing.T) {
		w.write("lib/lib.go", strings.Replace(libFile, `"hello"`, `"good day"`, 1))
		w.write("otelkit.yml", strings.Replace(shopAspects, `"greet"`, `"changed"`, 1))
		expect(t, w.must("run", "."), "good day 3\n", "value changed 1\n", "boot\n")
	})
	t.Run("tests are woven too", func(t *testing.T) {
		out := w.must("test", "-cover", "-v", "-count=1", "./lib")
		expect(t, out, "boot\n", "enter Greetx\n", "coverage: ")
	})
	t.Run("vet sees what people wrote", func(t *testing.T) { w.must("vet", "./...") })
}

func TestBareToolexecWeavesTheSame(t *testing.T) {
	files := shop()
	delete(files, "otelkit.yml") // with aspects of its own all of Go is compiled anew
	bare(t, files, []string{"boot\n", "ring 3\n", "hello 3\n"}, []string{"boot\n"})
}

func TestBareToolexecKnowsTheAspectsOfTheModule(t *testing.T) {
	full(t)
	bare(t, shop(), woven, []string{"boot\n", "enter Greetx\n"})
}

func bare(t *testing.T, files map[string]string, printed, tested []string) {
	t.Helper()
	w := newWorld(t, files)
	w.setenv("GOFLAGS=-toolexec=" + weaver)
	out, err := w.run("go", "build", "-o", "../shop", ".")
	if err != nil {
		t.Fatal(err, out)
	}
	out, err = w.run("../shop")
	if err != nil {
		t.Fatal(err, out)
	}
	expect(t, out, printed...)
	out, err = w.run("go", "test", "-v", "-count=1", "./lib")
	if err != nil {
		t.Fatal(err, out)
	}
	expect(t, out, tested...)
}

func TestTrimmedProgramsDoNotTellWhereTheyWereBuilt(t *testing.T) {
	full(t)
	files := shop()
	delete(files, "otelkit.yml") // an aspect's own path stands in stack traces
	w := newWorld(t, files)
	var built [2][]byte
	for i := range built {
		w.setenv("OTELKIT_GO_CACHE="+filepath.Join(t.TempDir(), "elsewhere"),
			"OTELKIT_GO_RUNTIME="+filepath.Join(t.TempDir(), "runtime"))
		writeAll(t, strings.TrimPrefix(w.env[len(w.env)-1], "OTELKIT_GO_RUNTIME="), runtimeFiles)
		w.must("build", "-trimpath", "-o", "../shop", ".")
		built[i], _ = os.ReadFile(filepath.Join(w.base, "shop"))
		out, err := w.run("../shop")
		if err != nil {
			t.Fatal(err, out)
		}
		expect(t, out, "boot\n", "ring 3\n", "hello 3\n")
		w.must("test", "-trimpath", "-cover", "-count=1", "./...")
		w.must("vet", "-trimpath", "./...")
	}
	if len(built[0]) == 0 || !bytes.Equal(built[0], built[1]) {
		t.Error("programs built with other cache folders differ")
	}
	if bytes.Contains(built[0], []byte(filepath.Dir(w.base))) {
		t.Error("the program tells where it was built")
	}
}

func TestTheSameInputsGiveTheSameBytes(t *testing.T) {
	full(t)
	w := newWorld(t, shop())
	var built [2][]byte
	for i := range built {
		w.setenv("GOCACHE=" + filepath.Join(t.TempDir(), "cache"))
		w.must("build", "-o", "../shop", ".")
		built[i], _ = os.ReadFile(filepath.Join(w.base, "shop"))
	}
	if len(built[0]) == 0 || !bytes.Equal(built[0], built[1]) {
		t.Error("two builds from empty caches differ")
	}
}

func (w *world) listing() string {
	out, err := w.run("find", ".", "-type", "f", "-printf", "%p %s\\n")
	if err != nil {
		w.t.Fatal(err, out)
	}
	return out
}
