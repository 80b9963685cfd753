// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"os"
	"path/filepath"
)

// vendored tells whether go will take packages from the vendor folder: by flag, or by default
// where the go line is 1.14 or newer (go help modules). Such a module cannot be given another
// dependency, vendor/modules.txt is not read through an overlay: it is built as without the driver.
func (s *session) vendored() bool {
	if s.goEnv.GOMOD == "" || s.goEnv.GOMOD == os.DevNull || (s.goEnv.GOWORK != "" && s.goEnv.GOWORK != "off") {
		return false
	}
	list := filepath.Join(filepath.Dir(s.goEnv.GOMOD), "vendor", "modules.txt")
	s.inputs[list], s.inputs[s.goEnv.GOMOD] = true, true
	if _, err := os.Stat(list); err != nil {
		return false
	}
	if mode := s.line.values["mod"]; mode != "" {
		return mode == "vendor"
	}
	content, _ := os.ReadFile(s.goEnv.GOMOD)
	found := goLine.FindStringSubmatch(string(content))
	return found != nil && !olderThan(found[1], "1.14")
}
