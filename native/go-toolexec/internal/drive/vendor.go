// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/state"
)

// deriveVendor lets a vendored module find the runtime module in its vendor folder, by overlay:
// what is vendored stays in use as it is.
func (p *planner) deriveVendor(stem string) error {
	if len(p.moduleFlags) == 0 {
		return nil // a workspace
	}
	root := filepath.Join(filepath.Dir(p.goEnv.GOMOD), "vendor")
	list := filepath.Join(root, "modules.txt")
	p.inputs[root], p.inputs[list] = true, true
	content, err := p.read(list)
	if err != nil || !p.vendored() {
		return nil
	}
	folder, err := p.runtimeFor(p.mainModule())
	if err != nil {
		return err
	}
	derived := stem + ".modules.txt"
	if err := state.WriteFile(derived, []byte(p.withVendored(string(content), folder))); err != nil {
		return err
	}
	p.overlay[list] = derived
	for name := range p.module.Files {
		if strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".s") {
			p.overlay[filepath.Join(root, runtimeModule, name)] = filepath.Join(folder, name)
		}
	}
	return nil
}

// vendored: by flag, or by default where the go line is 1.14 or newer (go help modules).
func (p *planner) vendored() bool {
	if mode, said := p.line.values["mod"]; said && mode != "" {
		return mode == "vendor"
	}
	found := goLine.FindStringSubmatch(p.mainModule())
	return found != nil && !olderThan(found[1], "1.14")
}

func (p *planner) mainModule() string {
	content, _ := os.ReadFile(p.goEnv.GOMOD)
	return string(content)
}

// withVendored adds the module to vendor/modules.txt, once as required and once as replaced.
func (p *planner) withVendored(content, folder string) string {
	var out strings.Builder
	out.WriteString(strings.TrimRight(content, "\n"))
	version := "v0.0.0"
	if found := requiresRuntime.FindString(p.mainModule()); found != "" {
		rest, _, _ := strings.Cut(p.mainModule()[strings.Index(p.mainModule(), found)+len(found)-1:], "\n")
		version = strings.Fields(rest)[0]
	}
	fmt.Fprintf(&out, "\n# %s %s => %s\n## explicit; go %s\n", runtimeModule, version, folder, p.runtimeGoLine(folder))
	packages := map[string]bool{}
	for name := range p.module.Files {
		if strings.HasSuffix(name, ".go") && path.Dir(name) != "." {
			packages[path.Join(runtimeModule, path.Dir(name))] = true
		}
	}
	for _, one := range slices.Sorted(maps.Keys(packages)) {
		out.WriteString(one + "\n")
	}
	fmt.Fprintf(&out, "# %s => %s\n", runtimeModule, folder)
	return out.String()
}

func (p *planner) runtimeGoLine(folder string) string {
	content, _ := os.ReadFile(filepath.Join(folder, "go.mod"))
	if found := goLine.FindStringSubmatch(string(content)); found != nil {
		return found[1]
	}
	return oldestGo
}
