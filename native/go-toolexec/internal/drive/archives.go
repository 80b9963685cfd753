// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
	"otelkit/go-toolexec/internal/state"
)

// archives builds the packages that woven code of packages in the module cache imports, before go
// builds those: it does not know that they need them. Same flags, same cache: nothing is built twice.
func (p *planner) archives(plan *state.Plan, flags []string) (map[string]string, error) {
	archives := map[string]string{}
	var ours, others []string
	for path := range p.needed {
		if aspect.IsOurs(path) {
			ours = append(ours, path)
		} else {
			others = append(others, path)
		}
	}
	for _, round := range [][]string{ours, others} {
		if len(round) == 0 {
			continue
		}
		slices.Sort(round)
		plan.Archives = maps.Clone(archives)
		name, err := p.savePlan(plan)
		if err != nil {
			return nil, err
		}
		built, err := p.export(name, flags, round, aspect.IsOurs(round[0]))
		if err != nil {
			return nil, err
		}
		maps.Copy(archives, built)
	}
	return archives, nil
}

func (p *planner) export(plan string, flags, paths []string, ours bool) (map[string]string, error) {
	inner := *p.session
	inner.env = withEnv(withEnv(inner.env, inner.moduleEnv), map[string]string{state.Variable: plan})
	build := slices.Clone(p.line.build)
	if p.bare {
		flags = append(slices.Clone(flags), "-deps") // the linker needs all of them
	}
	if p.bare && ours { // the module needs no other, so it is built where it is
		inner.folder = p.runtime
		inner.env = withEnv(inner.env, map[string]string{"GOWORK": "off", "PWD": p.runtime, "GOFLAGS": withoutModule(p.goEnv.GOFLAGS)})
		build = slices.DeleteFunc(build, func(flag string) bool { return strings.HasPrefix(flag, "-mod=") })
	}
	args := slices.Concat([]string{"list", "-export", "-json=ImportPath,Export,Dir,Standard,GoFiles,CgoFiles"}, flags, build)
	if profile := p.profile(); profile != "" {
		args = append(args, "-pgo="+profile)
	}
	out, err := inner.goOutput(append(append(args, "--"), paths...)...)
	if err != nil {
		return nil, err
	}
	listed, err := decodePackages(out)
	if err != nil {
		return nil, err
	}
	archives := map[string]string{}
	for _, one := range listed {
		if one.Export != "" {
			archives[one.path()] = one.Export
		}
		if !ours && one.mutable(p.goEnv.GOMODCACHE) {
			p.watch(one)
		}
	}
	return archives, nil
}

// withoutModule takes out of GOFLAGS what is about the user's module.
func withoutModule(goflags string) string {
	var kept []string
	for _, word := range splitQuoted(goflags) {
		name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
		if !slices.Contains([]string{"mod", "modfile", "overlay", "toolexec"}, name) {
			kept = append(kept, quoted(word))
		}
	}
	return strings.Join(kept, " ")
}

// profile gives the profile that go will compile with, if there is one.
func (p *planner) profile() string {
	switch given := p.line.values["pgo"]; given {
	case "off":
		return ""
	case "", "auto":
		if p.bare {
			return p.profileIn(p.line.patterns)
		}
		for _, root := range p.roots {
			path := filepath.Join(root.Dir, "default.pgo")
			p.inputs[path] = true
			if _, err := os.Stat(path); err == nil && root.Name == "main" {
				return path
			}
		}
		return ""
	default:
		return p.resolve(given)
	}
}
