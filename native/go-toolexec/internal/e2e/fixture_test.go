// SPDX-License-Identifier: Apache-2.0

// Package e2e runs real go builds through the weaver, with a runtime module of a few lines in
// place of the real one, so that little has to be compiled.
package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var weaver string // the program under test

// runtimeFiles is a stand-in for otelkit.dev/go.
var runtimeFiles = map[string]string{
	"go.mod": "module otelkit.dev/go\n\ngo 1.22\n",
	"boot/boot.go": `package boot

func init() { println("boot") }
`,
	"note/note.go": `package note

import "sync/atomic"

var count atomic.Int64

func Enter(name string) func() { println("enter", name); return func() { println("leave", name) } }
func Value[T any](name string, v T) T { println("value", name, count.Add(1)); return v }
`,
	"std/hook/hook.go": `package hook

import _ "unsafe"

//go:linkname sorted container/ring.otelkitHook
var sorted func(n int)

func init() { sorted = func(n int) { println("ring", n) } }
`,
	"aspects/std.yml": `aspects:
  - id: ring/new
    join-point:
      all-of:
        - import-path: container/ring
        - function: {name: New, receiver: ""}
    advice:
      - inject-declarations:
          links: [otelkit.dev/go/std/hook]
          template: |
            //go:linkname otelkitHook
            var otelkitHook func(n int)
      - prepend-statements:
          template: |
            if otelkitHook != nil {
              otelkitHook({{ .Function.Argument 0 }})
            }
`,
}

func TestMain(m *testing.M) { os.Exit(withWeaver(m.Run)) }

func withWeaver(run func() int) int {
	folder, err := os.MkdirTemp("", "otelkit-weaver-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	weaver = filepath.Join(folder, "otel-go-toolexec")
	build := exec.Command("go", "build", "-o", weaver, "../..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s\n%s", err, out)
		return 1
	}
	return run()
}

// world is a module to build, and where everything about it lives.
type world struct {
	t      *testing.T
	base   string
	module string
	env    []string
}

func newWorld(t *testing.T, files map[string]string) *world {
	t.Helper()
	base := t.TempDir()
	w := &world{t: t, base: base, module: filepath.Join(base, "module")}
	writeAll(t, filepath.Join(base, "runtime"), runtimeFiles)
	writeAll(t, w.module, files)
	w.env = append(os.Environ(), "OTELKIT_GO_RUNTIME="+filepath.Join(base, "runtime"),
		"OTELKIT_GO_CACHE="+filepath.Join(base, "cache"), "CGO_ENABLED=0", "GOFLAGS=",
		"GOWORK=", "GOTOOLCHAIN=local", "OTELKIT_GO_PLAN=")
	return w
}

func writeAll(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) write(name, content string) {
	writeAll(w.t, w.module, map[string]string{name: content})
}

// run runs a program in the module; gives everything it printed.
func (w *world) run(name string, args ...string) (string, error) {
	w.t.Helper()
	command := exec.Command(name, args...)
	command.Dir, command.Env = w.module, w.env
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	return out.String(), err
}

// must runs `otel-go-toolexec go …` and fails the test if it fails.
func (w *world) must(args ...string) string {
	w.t.Helper()
	out, err := w.run(weaver, append([]string{"go"}, args...)...)
	if err != nil {
		w.t.Fatalf("go %s: %s\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (w *world) setenv(pairs ...string) { w.env = append(w.env, pairs...) }

func expect(t *testing.T, out string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(out, part) {
			t.Errorf("expected %q in:\n%s", part, out)
		}
	}
}

func expectNot(t *testing.T, out string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(out, part) {
			t.Errorf("did not expect %q in:\n%s", part, out)
		}
	}
}

func full(t *testing.T) {
	t.Helper()
	if os.Getenv("OTELKIT_FULL_MATRIX") != "1" {
		t.Skip("part of the full matrix, run with: OTELKIT_FULL_MATRIX=1")
	}
}
