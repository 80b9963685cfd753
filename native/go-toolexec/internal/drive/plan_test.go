// SPDX-License-Identifier: Apache-2.0

package drive

import "testing"

func TestProgramsAndTestsOfTheModuleCacheGetNoOverlay(t *testing.T) {
	for _, one := range []struct {
		verb, name, dir string
		wanted          bool
	}{
		{"build", "main", "/mod/example.com/tool@v1.0.0", true},
		{"test", "lib", "/mod/example.com/lib@v1.0.0", true},
		{"build", "lib", "/mod/example.com/lib@v1.0.0", false},
		{"build", "main", "/home/me/shop", false},
		{"test", "lib", "/home/me/shop/lib", false},
	} {
		p := newPlanner(&session{line: parseCommandLine([]string{one.verb}), goEnv: &goEnv{GOMODCACHE: "/mod"}})
		p.roots = []*goPackage{{ImportPath: "example.com/x", Name: one.name, Dir: one.dir}}
		if p.namesOthers() != one.wanted {
			t.Errorf("%+v", one)
		}
	}
}

func TestVersionsAreNotPackagesOfTheModule(t *testing.T) {
	for args, wanted := range map[string]string{
		"example.com/x@latest": "example.com/x@latest", "./x@y": "", ".": "",
	} {
		if got := parseCommandLine([]string{"install", args}).versioned(); got != wanted {
			t.Errorf("%s: %q", args, got)
		}
	}
}
