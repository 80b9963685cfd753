// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"os"
	"path/filepath"
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
	list := filepath.Join(filepath.Dir(file), "vendor", "modules.txt")
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
