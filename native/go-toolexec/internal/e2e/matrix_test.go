// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"strings"
	"testing"
)

func TestVendoredModulesStayVendored(t *testing.T) {
	files := shop()
	files["go.mod"] += "\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ../dep\n"
	files["main.go"] = strings.Replace(mainFile, `"example.com/shop/lib"`, "\"example.com/dep\"\n\t\"example.com/shop/lib\"", 1)
	files["main.go"] = strings.Replace(files["main.go"], "ring.New(3)", "dep.Ring()", 1)
	files["main.go"] = strings.Replace(files["main.go"], "\t\"container/ring\"\n", "", 1)
	delete(files, "otelkit.yml") // with aspects of its own all of Go is compiled anew
	w := newWorld(t, files)
	writeAll(t, w.base+"/dep", map[string]string{"go.mod": "module example.com/dep\n\ngo 1.21\n",
		"dep.go": "package dep\n\nimport \"container/ring\"\n\nfunc Ring() *ring.Ring { return ring.New(3) }\n"})
	if out, err := w.run("go", "mod", "vendor"); err != nil {
		t.Fatal(out)
	}
	expect(t, w.must("run", "."), "boot\n", "ring 3\n", "hello 3\n")
	t.Run("without the vendor folder too", func(t *testing.T) {
		os.RemoveAll(w.module + "/vendor")
		expect(t, w.must("run", "."), "boot\n", "ring 3\n", "hello 3\n")
	})
}

func TestWorkspaces(t *testing.T) {
	w := newWorld(t, shop())
	writeAll(t, w.base, map[string]string{"go.work": "go 1.22\n\nuse (\n\t./module\n\t./other // two\n)\n",
		"other/go.mod": "module example.com/other\n\ngo 1.22\n", "other/o.go": "package other\n"})
	expect(t, w.must("run", "."), woven...)
}

func TestFilesInPlaceOfPackages(t *testing.T) {
	w := newWorld(t, shop())
	expect(t, w.must("run", "main.go"), woven...)
}

func TestModulesWithAnOlderLanguage(t *testing.T) {
	files := shop()
	files["go.mod"] = "module example.com/shop\n\ngo 1.17\n"
	w := newWorld(t, files)
	expect(t, w.must("run", "."), woven...)
}

func TestAspectsAreSwitchedOff(t *testing.T) {
	files := shop()
	files["otel.tool.go"] = "//go:build tools\n\npackage tools\n\n//otelkit:without shop/s* shop/lib\n"
	w := newWorld(t, files)
	out := w.must("run", ".")
	expect(t, out, "boot\n", "value greet 1\n", "ring 3\n")
	expectNot(t, out, "enter")
}

func TestBuildFlags(t *testing.T) {
	full(t)
	for _, flags := range []string{"-trimpath", "-race", "-cover", "-cover -coverpkg=./...", "-buildmode=pie",
		"-gcflags=all=-N", "-tags=some", "-ldflags=-s", "-p=1", "-cover -coverpkg=all"} {
		t.Run(flags, func(t *testing.T) {
			w := newWorld(t, shop())
			if strings.Contains(flags, "race") {
				w.setenv("CGO_ENABLED=1")
			}
			w.must(append(append([]string{"build"}, strings.Fields(flags)...), "-o", "../shop", ".")...)
			out, err := w.run("../shop")
			if err != nil {
				t.Fatal(err, out)
			}
			expect(t, out, woven...)
		})
	}
	t.Run("cross-compiled", func(t *testing.T) {
		w := newWorld(t, shop())
		w.setenv("GOARCH=arm64")
		w.must("build", "-o", "../shop", ".")
	})
	t.Run("plugin and c-shared", func(t *testing.T) {
		w := newWorld(t, shop())
		w.setenv("CGO_ENABLED=1")
		w.must("build", "-buildmode=plugin", "-o", "../shop.so", ".")
		w.must("build", "-buildmode=c-shared", "-o", "../shop.so", ".")
	})
}

func TestToolchains(t *testing.T) {
	full(t)
	for _, version := range []string{"go1.22.12", "go1.24.6"} {
		t.Run(version, func(t *testing.T) {
			w := newWorld(t, shop())
			w.setenv("GOTOOLCHAIN=" + version)
			expect(t, w.must("run", "."), woven...)
			w.must("test", "./...")
		})
	}
	t.Run("too old", func(t *testing.T) {
		w := newWorld(t, shop())
		w.write("go.mod", "module example.com/shop\n\ngo 1.20\n")
		w.setenv("GOTOOLCHAIN=go1.20.14")
		out, err := w.run(weaver, "go", "build", ".")
		if err == nil {
			t.Error("go1.20.14 built it")
		}
		expect(t, out, "go1.20.14 is not supported")
	})
}

func TestProfilesAndCgo(t *testing.T) {
	full(t)
	w := newWorld(t, shop())
	w.setenv("CGO_ENABLED=1")
	w.write("lib/c.go", "package lib\n\n// static int two(void) { return 2; }\nimport \"C\"\n\nfunc Two() int { return int(C.two()) }\n")
	expect(t, w.must("run", "."), woven...)
	expect(t, w.must("test", "-cover", "-v", "-count=1", "./..."), "boot\n", "enter Greetx\n", "coverage: ")
}
