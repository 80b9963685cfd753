// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otelkit/go-toolexec/internal/aspect"
	"otelkit/go-toolexec/internal/packed"
)

func TestCommandLinesAreTakenApart(t *testing.T) {
	for _, one := range []struct{ line, patterns, build string }{
		{"build -race -tags a,b -o x ./a ./b", "./a ./b", "-race=true -tags=a,b"},
		{"run -tags=a main.go more.go -v input.txt", "main.go more.go", "-tags=a"},
		{"run ./cmd -race", "./cmd", ""},
		{"test ./... -run X -count 1 -race -args -tags z", "./...", "-race=true"},
		{"vet -C sub ./...", "./...", ""},
		{"build", "", ""},
	} {
		line := parseCommandLine(strings.Fields(one.line))
		if got := strings.Join(line.patterns, " "); got != one.patterns {
			t.Errorf("%s: patterns %q", one.line, got)
		}
		if got := strings.Join(line.build, " "); got != one.build {
			t.Errorf("%s: build flags %q", one.line, got)
		}
	}
}

func TestFlagsAreSetBeforeTheUsersOwn(t *testing.T) {
	for line, expected := range map[string]string{
		"build -C sub -race .":  "build -C sub NEW -race .",
		"run a.go b.go -x y.go": "run NEW a.go b.go ADDED -x y.go",
		"build":                 "build NEW",
	} {
		made := &prepared{Flags: []string{"NEW"}}
		if strings.HasPrefix(line, "run") {
			made.Append = []string{"ADDED"}
		}
		if got := strings.Join(parseCommandLine(strings.Fields(line)).with(made), " "); got != expected {
			t.Errorf("%s: %s", line, got)
		}
	}
}

func TestGoflagsAreSplitAsGoDoes(t *testing.T) {
	words := splitQuoted(`-tags=a '-ldflags=-s -w' "-toolexec=x y"  -race`)
	if !slices.Equal(words, []string{"-tags=a", "-ldflags=-s -w", "-toolexec=x y", "-race"}) {
		t.Errorf("%q", words)
	}
	if got := splitQuoted(quoted("/a b/it's")); len(got) != 1 || got[0] != "/a b/it's" {
		t.Errorf("%q", got)
	}
}

func TestWorkspacesAreMovedWithTheirFolders(t *testing.T) {
	got := absoluteUses("go 1.22\n\nuse ./a // one\nuse (\n\t.\n\t/abs\n)\nreplace x => ../x\nreplace y => y v1.0.0\n", "/w/s")
	for _, part := range []string{"use /w/s/a\n", "\n/w/s\n", "\n/abs\n", "replace x => /w/x\n", "replace y => y v1.0.0\n"} {
		if !strings.Contains(got, part) {
			t.Errorf("expected %q in %q", part, got)
		}
	}
}

func TestPinnedModulesGetTheRuntimeOfThisWeaver(t *testing.T) {
	const pinned = "module m\n\ngo 1.22\n\nrequire otelkit.dev/go v0.0.0\n\nreplace otelkit.dev/go => ./.otelkit/go\n"
	for command, wanted := range map[string]string{
		"build .":               "/here/module-1",
		"build -trimpath .":     "./.otelkit/module-1",
		"test -trimpath .":      "/here/module-1",
		"run -trimpath=false .": "/here/module-1",
	} {
		s := &session{runtime: "/here/module-1", line: parseCommandLine(strings.Fields(command)),
			goEnv: &goEnv{GOMOD: "/src/go.mod"}, module: &packed.Module{Files: map[string]string{"boot/boot.go": "", "a.yml": ""}}}
		got, err := s.withRuntime(pinned)
		if err != nil || strings.Count(got, "require") != 1 || strings.Contains(got, ".otelkit/go") ||
			!strings.Contains(got, "replace otelkit.dev/go => "+wanted+"\n") {
			t.Errorf("%s: %v\n%s", command, err, got)
		}
		if file := s.mirrored["/src/.otelkit/module-1/boot/boot.go"]; wanted[0] == '.' && file != "/here/module-1/boot/boot.go" {
			t.Errorf("%s: %v", command, s.mirrored)
		}
	}
}

func TestVersionsOfVendoredModulesAreRead(t *testing.T) {
	folder := t.TempDir()
	constraint, _ := parseConstraint(">=1.0")
	wanting := &aspect.Aspect{Module: constraint, JoinPoint: &aspect.JoinPoint{
		Kind: aspect.ImportPath, Patterns: []string{"a/...", "b", "c", "d"}}}
	os.MkdirAll(filepath.Join(folder, "vendor"), 0o755)
	for name, content := range map[string]string{
		"go.mod": "module m\n\ngo 1.22\n",
		"vendor/modules.txt": "# a v0.20.0\n## explicit; go 1.14\na\na/x\n# b v1.0.0 => fork/b v1.2.0\nb\n" +
			"# c v1.3.0 => ../c\nc\n# d => ../d\nd\n# e v1.0.0\ne\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := &session{line: parseCommandLine([]string{"build"}), inputs: map[string]bool{}, aspects: []*aspect.Aspect{wanting},
		goEnv: &goEnv{GOMOD: filepath.Join(folder, "go.mod")}}
	wanted := map[string]string{"a": "v0.20.0", "a/x": "v0.20.0", "b": "v1.2.0", "c": "v1.3.0", "d": ""}
	if got := s.vendoredVersions(); !maps.Equal(got, wanted) {
		t.Errorf("%v", got)
	}
}
