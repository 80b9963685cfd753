// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"otelkit/go-toolexec/internal/state"
)

const runtimeModule = "otelkit.dev/go"

// deriveModule makes a go.mod, or a go.work, that knows otelkit.dev/go, and leaves the user's own
// files as they are. It is named by its content, so that equal ones are one.
func (s *session) deriveModule() error {
	if s.inWorkspace() {
		return s.deriveWorkspace()
	}
	original := s.goEnv.GOMOD
	if given := s.line.values["modfile"]; given != "" {
		original = s.resolve(given)
	}
	content, err := os.ReadFile(original)
	if err != nil {
		return err
	}
	sums := strings.TrimSuffix(original, ".mod") + ".sum"
	s.inputs[original], s.inputs[sums], s.inputs[s.goEnv.GOMOD] = true, true, true
	derived, err := s.withRuntime(string(content))
	if err != nil || derived == "" {
		return err
	}
	sum, _ := os.ReadFile(sums) // a module without dependencies has none
	folder, err := s.derivedFolder(filepath.Dir(s.goEnv.GOMOD), derived, string(sum))
	if err != nil {
		return err
	}
	if err := writeOnce(filepath.Join(folder, "go.sum"), string(sum)); err != nil {
		return err
	}
	if err := writeOnce(filepath.Join(folder, "go.mod"), derived); err != nil {
		return err
	}
	s.kept = append(s.kept, filepath.Join(folder, "go.mod"))
	s.moduleFlags = []string{"-modfile=" + filepath.Join(folder, "go.mod")}
	return nil
}

var requiresRuntime = regexp.MustCompile(`(?m)^\s*(require\s+)?otelkit\.dev/go\s+v`)
var replacesRuntime = regexp.MustCompile(`(?m)^\s*(replace\s+)?otelkit\.dev/go\s+(v\S+\s+)?=>.*$`)
var goLine = regexp.MustCompile(`(?m)^go\s+(\S+)`)

// withRuntime adds what is missing of the requirement; "" if a pinned module has all of it.
func (s *session) withRuntime(content string) (string, error) {
	folder, err := s.runtimeFor(content)
	if err != nil {
		return "", err
	}
	// Not for tests: vet is started in the folder of each package, and this one is not there.
	if s.line.values["trimpath"] == "true" && s.line.verb != "test" && s.line.verb != "vet" {
		folder = s.mirror(folder)
	}
	replaced := replacesRuntime.MatchString(content)
	if replaced {
		content = replacesRuntime.ReplaceAllString(content, "")
	}
	more := ""
	if !requiresRuntime.MatchString(content) {
		more = "\nrequire " + runtimeModule + " v0.0.0\n"
	}
	return strings.TrimRight(content, "\n") + "\n" + more + "\nreplace " + runtimeModule + " => " + modString(folder) + "\n", nil
}

// mirror gives a name relative to the module under which go shall see the runtime module, by the
// overlay. A replacement stands in the program's build information, so that with -trimpath it must
// not tell where our cache is: the same sources give the same bytes on every machine.
func (s *session) mirror(folder string) string {
	name := ".otelkit/" + filepath.Base(folder)
	s.mirrored = map[string]string{}
	for file := range s.module.Files {
		if !strings.HasSuffix(file, ".yml") {
			virtual := filepath.Join(filepath.Dir(s.goEnv.GOMOD), name, filepath.FromSlash(file))
			s.mirrored[virtual] = filepath.Join(folder, filepath.FromSlash(file))
		}
	}
	return "./" + name
}

func modString(path string) string {
	if strings.ContainsAny(path, " \t\"'`(),") {
		return fmt.Sprintf("%q", path)
	}
	return path
}

// runtimeFor gives a folder of the runtime module whose go line is no newer than that of the main
// module, since go refuses newer ones. Its files say themselves which language they are written in.
func (s *session) runtimeFor(content string) (string, error) {
	version := "1.16" // what go takes where there is no line
	if found := goLine.FindStringSubmatch(content); found != nil {
		version = found[1]
	}
	if !olderThan(version, oldestGo) {
		s.kept = append(s.kept, filepath.Join(s.runtime, "go.mod"))
		return s.runtime, nil
	}
	folder := filepath.Join(s.cache, "module-"+s.module.Hash+"-go"+version)
	s.kept = append(s.kept, filepath.Join(folder, "go.mod"))
	if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
		return folder, nil
	}
	return folder, s.writeOlderRuntime(folder, version)
}

// writeOlderRuntime writes the module anew with another go line, and the language version that
// it is written in at the top of each file (go1.21 and newer take it from there).
func (s *session) writeOlderRuntime(folder, version string) error {
	temporary, err := os.MkdirTemp(s.cache, ".module-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	for name, content := range s.module.Files {
		switch {
		case name == "go.mod":
			content = goLine.ReplaceAllString(content, "go "+version)
		case strings.HasSuffix(name, ".go"):
			content = atLanguage(content)
		}
		path := filepath.Join(temporary, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	os.Chmod(temporary, 0o755)
	if err := os.Rename(temporary, folder); err != nil {
		if _, there := os.Stat(filepath.Join(folder, "go.mod")); there != nil {
			return err
		}
	}
	return nil
}

var buildLine = regexp.MustCompile(`(?m)^//go:build (.*)$`)

func atLanguage(content string) string {
	if found := buildLine.FindStringSubmatchIndex(content); found != nil {
		return content[:found[2]] + "go" + oldestGo + " && (" + content[found[2]:found[3]] + ")" + content[found[3]:]
	}
	return "//go:build go" + oldestGo + "\n\n" + content
}

func olderThan(version, than string) bool {
	constraint, err := parseConstraint("<" + than)
	return err == nil && constraint.Allows(version)
}

func (s *session) derivedFolder(root, content, sum string) (string, error) {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\n%s\n%s", root, content, sum)
	folder := filepath.Join(s.cache, "modules", hex.EncodeToString(hash.Sum(nil))[:24])
	return folder, os.MkdirAll(folder, 0o755)
}

// writeOnce leaves a file that is there: go may have added to it.
func writeOnce(path, content string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	return state.WriteFile(path, []byte(content))
}

func (s *session) resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.folder, path)
}
