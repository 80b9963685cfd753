// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
)

// fixed tells whether the build cannot be given another dependency: vendor/modules.txt is not read
// through an overlay, and files outside a module see the standard library only. Such a build is
// made as without the driver.
func (s *session) fixed() bool { return s.outside() || s.vendored() }

func (s *session) inWorkspace() bool { return s.goEnv.GOWORK != "" && s.goEnv.GOWORK != "off" }

// outside tells whether there is no module: `go run file.go` works there.
func (s *session) outside() bool {
	return !s.inWorkspace() && (s.goEnv.GOMOD == "" || s.goEnv.GOMOD == os.DevNull)
}

// vendored tells whether go will take packages from the vendor folder: by flag, or by default
// where the go line is 1.14 or newer, 1.22 for that of a workspace (go help modules, go help work).
func (s *session) vendored() bool {
	if s.outside() {
		return false
	}
	file, since := s.goEnv.GOMOD, "1.14"
	if s.inWorkspace() {
		file, since = s.goEnv.GOWORK, "1.22"
	}
	list := vendorList(file)
	s.inputs[list], s.inputs[file] = true, true
	if _, err := os.Stat(list); err != nil {
		return false
	}
	if mode := s.line.values["mod"]; mode != "" {
		return mode == "vendor"
	}
	content, _ := os.ReadFile(file)
	found := goLine.FindStringSubmatch(string(content))
	return found != nil && !olderThan(found[1], since)
}

func vendorList(file string) string {
	return filepath.Join(filepath.Dir(file), "vendor", "modules.txt")
}

// vendoredVersions gives the version of each vendored package's module, by lines of modules.txt:
// `# module version [=> replacement [version]]`, then its packages (cmd/go, readVendorList).
func (s *session) vendoredVersions() map[string]string {
	if !s.vendored() {
		return nil
	}
	file := s.goEnv.GOMOD
	if s.inWorkspace() {
		file = s.goEnv.GOWORK
	}
	content, _ := os.ReadFile(vendorList(file)) // not readable: go says so
	versions := map[string]string{}
	version := ""
	for line := range strings.Lines(string(content)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "##":
		case words[0] != "#":
			if s.asksForVersion(words[0]) {
				versions[words[0]] = version
			}
		case len(words) > 2 && words[2] != "=>":
			version = words[2]
			if last := words[len(words)-1]; len(words) == 6 && words[3] == "=>" {
				version = last
			}
		default:
			version = ""
		}
	}
	return versions
}

// asksForVersion tells whether an aspect that may match a package wants certain versions of it.
func (s *session) asksForVersion(importPath string) bool {
	known := &aspect.Package{Path: importPath, Imports: func(string) bool { return true }}
	return slices.ContainsFunc(s.aspects, func(one *aspect.Aspect) bool {
		return len(one.Module) > 0 && one.Possible(known)
	})
}
