// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// brokenModules are ways in which a module does not build: files that differ, and go's arguments.
var brokenModules = map[string]struct {
	files map[string]string
	args  string
}{
	"syntax":             {map[string]string{"lib/lib.go": "package lib\n\nfunc {\n"}, "build ."},
	"types":              {map[string]string{"lib/lib.go": strings.Replace(libFile, "return line", "return 1 + \"x\"", 1)}, "build ./..."},
	"types in a test":    {map[string]string{"lib/lib_test.go": "package lib\n\nvar a int = \"x\"\n"}, "test ./lib"},
	"unused import":      {map[string]string{"lib/more.go": "package lib\n\nimport \"os\"\n"}, "build ."},
	"no such package":    {map[string]string{"lib/more.go": "package lib\n\nimport _ \"example.com/nowhere/x\"\n"}, "build ."},
	"no such std":        {map[string]string{"lib/more.go": "package lib\n\nimport _ \"net/nowhere\"\n"}, "test ./..."},
	"import cycle":       {map[string]string{"lib/more.go": "package lib\n\nimport _ \"example.com/shop/lib\"\n"}, "build ."},
	"two packages":       {map[string]string{"lib/more.go": "package other\n"}, "vet ."},
	"go.mod":             {map[string]string{"go.mod": "module example.com/shop\n\ngo 1.22\n\nrequir x\n"}, "build ."},
	"go.mod missing":     {map[string]string{"go.mod": ""}, "build ."},
	"no go.sum":          {map[string]string{"go.mod": "module example.com/shop\n\ngo 1.22\n\nrequire golang.org/x/text v0.14.0\n", "lib/more.go": "package lib\n\nimport _ \"golang.org/x/text/language\"\n"}, "build ."},
	"newer Go":           {map[string]string{"go.mod": "module example.com/shop\n\ngo 1.99\n"}, "build ."},
	"embed":              {map[string]string{"lib/more.go": "package lib\n\nimport _ \"embed\"\n\n//go:embed none.txt\nvar none string\n"}, "build ."},
	"main missing":       {map[string]string{"main.go": "package main\n"}, "build -o /dev/null ."},
	"nothing to build":   {nil, "build ./nowhere/..."},
	"no such folder":     {nil, "run ./nowhere"},
	"unknown flag":       {nil, "build -nowhere ."},
	"excluded by tags":   {map[string]string{"lib/lib.go": "//go:build never\n\npackage lib\n"}, "build ./lib"},
	"replaced by nobody": {map[string]string{"go.mod": "module example.com/shop\n\ngo 1.22\n\nrequire example.com/x v1.0.0\n\nreplace example.com/x => ../nowhere\n", "lib/more.go": "package lib\n\nimport _ \"example.com/x\"\n"}, "build ."},
}

// always are those of every run.
var always = []string{"types", "no such package", "go.mod", "import cycle"}

func TestModulesThatDoNotBuildFailAsTheyDoWithoutUs(t *testing.T) {
	for name, broken := range brokenModules {
		t.Run(name, func(t *testing.T) {
			if !slices.Contains(always, name) {
				full(t)
			}
			files := shop()
			delete(files, "otelkit.yml")
			for path, content := range broken.files {
				files[path] = content
			}
			w := newWorld(t, files)
			if files["go.mod"] == "" {
				os.Remove(filepath.Join(w.module, "go.mod"))
			}
			w.setenv("GOPROXY=off")
			args := strings.Fields(broken.args)
			plain, plainErr := w.run("go", args...)
			out, err := w.run(weaver, append([]string{"go"}, args...)...)
			if plainErr == nil || err == nil || exitCode(err) != exitCode(plainErr) {
				t.Fatalf("%v, plain %v", err, plainErr)
			}
			if out != plain {
				t.Errorf("woven:\n%s\nplain:\n%s", out, plain)
			}
		})
	}
}

func exitCode(err error) int {
	if ended, ok := err.(*exec.ExitError); ok {
		return ended.ExitCode()
	}
	return -1
}

func TestWhatIsKeptIsMadeAgainWhenSomebodyClearsTheCache(t *testing.T) {
	w := newWorld(t, shop())
	w.must("build", "-o", "../shop", ".")
	for _, folder := range []string{"plans", "imports", "modules", "builds", "findings"} {
		if err := os.RemoveAll(filepath.Join(w.base, "cache", folder)); err != nil {
			t.Fatal(err)
		}
		if out, err := w.run(weaver, "go", "build", "-o", "../shop", "."); err != nil {
			t.Errorf("without %s: %s", folder, out)
		}
	}
}

func TestFilesOutsideAnyModule(t *testing.T) {
	w := newWorld(t, map[string]string{"main.go": "package main\n\nimport \"container/ring\"\n\nfunc main() { println(ring.New(3).Len()) }\n"})
	expect(t, w.must("run", "main.go"), "boot\n", "ring 3\n", "3\n")
	out, err := w.run(weaver, "go", "install", "example.com/shop@latest")
	if err == nil {
		t.Error("a version was built")
	}
	expect(t, out, "example.com/shop@latest", "not woven")
}
