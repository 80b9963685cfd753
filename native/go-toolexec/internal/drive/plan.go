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

const bootPackage = runtimeModule + "/boot"

// planner decides what each package of a build needs.
type planner struct {
	*session
	packages map[string]*goPackage // by import path; not the test variants
	roots    []*goPackage          // that the patterns name
	findings map[string]*finding
	overlay  map[string]string // path → file with what go shall read there
	added    map[string]string // the part of it that is ours
	reached  map[string]bool   // aspects of the module that match packages nobody edits
	needed   map[string]bool   // packages whose archives go does not know are needed
	append   []string
	bare     bool // go was started by somebody else: there is no overlay
}

func newPlanner(s *session) *planner {
	overlay := maps.Clone(s.mirrored)
	if overlay == nil {
		overlay = map[string]string{}
	}
	return &planner{
		session: s, packages: map[string]*goPackage{}, findings: map[string]*finding{},
		overlay: overlay, added: map[string]string{}, needed: map[string]bool{}, reached: map[string]bool{},
	}
}

// readInputs lists the packages, with what the user's overlay changes.
func (p *planner) readInputs(stem string) error {
	if err := p.readOverlay(); err != nil {
		return err
	}
	return p.listAll(stem)
}

func (s *session) plan(stem string) (*prepared, error) {
	if s.fixed() {
		return s.fixedPlan()
	}
	p := newPlanner(s)
	if err := p.readInputs(stem); err != nil {
		return nil, err
	}
	if p.namesOthers() {
		return s.fixedPlan()
	}
	if err := p.lookAtAll(); err != nil {
		return nil, err
	}
	if err := s.identify(p.reachesOthers); err != nil {
		return nil, err
	}
	if err := p.writeImports(stem); err != nil {
		return nil, err
	}
	plan := &state.Plan{Identity: s.identity, GoVersion: s.goEnv.GOVERSION, Aspects: s.aspects,
		Names: p.unusualNames(), Modules: p.moduleVersions(), Added: p.added}
	flags, err := p.overlayFlags(stem)
	if err != nil {
		return nil, err
	}
	made := &prepared{Flags: append(flags, "-toolexec="+s.toolexec()), Append: p.append, Env: map[string]string{}}
	maps.Copy(made.Env, s.moduleEnv)
	archives, err := p.archives(plan, made.Flags)
	if err != nil {
		return nil, err
	}
	plan.Archives = archives
	made.Kept = slices.Sorted(maps.Values(archives))
	made.Env[state.Variable], err = s.savePlan(plan)
	return made, err
}

// fixedPlan is for what cannot be given imports by an overlay.
func (s *session) fixedPlan() (*prepared, error) {
	made, err := s.barePlan()
	if made != nil {
		made.Flags = []string{"-toolexec=" + s.toolexec()}
	}
	return made, err
}

// namesOthers tells whether a program or a test out of the module cache is asked for: go refuses
// an overlay there.
func (p *planner) namesOthers() bool {
	return slices.ContainsFunc(p.roots, func(root *goPackage) bool {
		return !root.Standard && root.Dir != "" && !root.mutable(p.goEnv.GOMODCACHE) && !aspect.IsOurs(root.path()) &&
			(root.Name == "main" || p.line.verb == "test")
	})
}

// toolexec is our own path, and in front of the user's programs if there are any.
func (s *session) toolexec() string {
	command := quoted(s.self)
	for _, word := range splitQuoted(s.line.values["toolexec"]) {
		if base := filepath.Base(word); base != filepath.Base(s.self) && base != "otel-go-toolexec" {
			command += " " + quoted(word)
		}
	}
	return command
}

// listAll lists the packages of the build and those that woven code may want.
func (p *planner) listAll(stem string) error {
	patterns := p.line.patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	more, err := p.overlayFlags(stem)
	if err != nil {
		return err
	}
	more = append(more, "-e", "-deps")
	wanted := p.wanted()
	if p.line.namesFiles() {
		if err := p.take(append(more, p.testFlag()...), patterns, true); err != nil {
			return err
		}
		return p.take(more, wanted, false)
	}
	if p.line.verb == "test" {
		if err := p.take(append(more, "-test"), patterns, true); err != nil {
			return err
		}
		return p.take(more, wanted, false)
	}
	return p.take(more, append(slices.Clone(patterns), wanted...), true)
}

func (p *planner) testFlag() []string {
	if p.line.verb == "test" {
		return []string{"-test"}
	}
	return nil
}

func (p *planner) take(more, patterns []string, roots bool) error {
	listed, err := p.list(more, patterns)
	if err != nil {
		return err
	}
	for _, one := range listed {
		p.troubled = p.troubled || one.Error != nil
		if one.ForTest != "" || strings.HasSuffix(one.ImportPath, ".test") {
			continue
		}
		if _, there := p.packages[one.path()]; !there {
			p.packages[one.path()] = one
		}
		if roots && !one.DepOnly && !slices.Contains(p.wanted(), one.ImportPath) {
			p.roots = append(p.roots, one)
		}
	}
	return nil
}

// wanted gives every package that an aspect may want linked, and the one that starts it all.
func (p *planner) wanted() []string {
	set := map[string]bool{bootPackage: true}
	for _, one := range p.aspects {
		for _, path := range slices.Concat(one.Links(), one.Imports()) {
			if aspect.IsOurs(path) {
				set[path] = true
			}
		}
		for _, path := range one.Links() {
			set[path] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// unusualNames gives the names of packages that are not called as their path ends.
func (p *planner) unusualNames() map[string]string {
	unusual := map[string]string{}
	for path, one := range p.packages {
		if one.Name != "" && one.Name != filepath.Base(path) && one.Name != "main" {
			unusual[path] = one.Name
		}
	}
	return unusual
}

// moduleVersions gives the versions of modules where an aspect asks for them.
func (p *planner) moduleVersions() map[string]string {
	versions := map[string]string{}
	for _, one := range p.aspects {
		if len(one.Module) == 0 {
			continue
		}
		for path, found := range p.packages {
			if version := found.moduleVersion(); version != "" && one.Possible(found.known()) {
				versions[path] = version
			}
		}
	}
	return versions
}

// moduleVersion gives "" for Go's own packages and those of main modules.
func (g *goPackage) moduleVersion() string {
	switch m := g.Module; {
	case m == nil:
		return ""
	case m.Replace != nil && m.Replace.Version != "":
		return m.Replace.Version
	default:
		return m.Version
	}
}

// known says of a listed package what the compiler's command line will say of it.
func (g *goPackage) known() *aspect.Package {
	return &aspect.Package{
		Path: g.path(), Name: g.Name, Standard: g.Standard,
		Imports: func(path string) bool {
			return slices.Contains(g.Imports, path) || slices.Contains(g.TestImports, path) ||
				slices.Contains(g.XTestImports, path) || g.ImportMap[path] != ""
		},
	}
}

// closure gives every package that some packages are made of, themselves included.
func (p *planner) closure(start ...string) map[string]bool {
	reached := map[string]bool{}
	for len(start) > 0 {
		path := start[len(start)-1]
		start = start[:len(start)-1]
		one := p.packages[path]
		if reached[path] || one == nil {
			continue
		}
		reached[path] = true
		for _, imported := range one.Imports {
			if mapped := one.ImportMap[imported]; mapped != "" {
				imported = mapped
			}
			start = append(start, imported)
		}
	}
	return reached
}

// links gives what a program made of some packages must import: boot, and what the aspects that
// matched in it want linked, and so on for what those bring along.
func (p *planner) links(start ...string) []string {
	links := map[string]bool{bootPackage: true}
	for {
		before := len(links)
		for path := range p.closure(append(slices.Collect(maps.Keys(links)), start...)...) {
			found, one := p.findings[path], p.packages[path]
			if found == nil {
				continue
			}
			for _, link := range found.Links {
				links[link] = true
			}
			if !one.mutable(p.goEnv.GOMODCACHE) { // go does not know of these imports
				for _, imported := range missing(found.Imports, one.Imports) {
					links[imported] = true
				}
			}
		}
		if len(links) == before {
			return slices.Sorted(maps.Keys(links))
		}
	}
}

func (s *session) savePlan(plan *state.Plan) (string, error) {
	folder := filepath.Join(s.cache, "plans")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(folder, plan.Name()+".json")
	s.kept = append(s.kept, path)
	return path, plan.Save(path)
}
