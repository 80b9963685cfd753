// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"otelkit/go-toolexec/internal/aspect"
	"otelkit/go-toolexec/internal/state"
	"otelkit/go-toolexec/internal/weave"
)

// finding is what weaving a package would need. Tests, ExternalTests: with its test files.
type finding struct {
	Aspects      []string `json:",omitempty"` // by ID, that match
	Imports      []string `json:",omitempty"`
	TestImports  []string `json:",omitempty"`
	XTestImports []string `json:",omitempty"`
	Links        []string `json:",omitempty"`
	TestLinks    []string `json:",omitempty"`
}

// lookAtAll weaves every package that an aspect may match, without keeping what comes out.
// Packages that nobody edits are looked at once.
func (p *planner) lookAtAll() error {
	path := filepath.Join(p.cache, "findings", p.identity+".json")
	kept := map[string]*finding{}
	if content, err := os.ReadFile(path); err == nil {
		json.Unmarshal(content, &kept) // unreadable: as if it were not there
	}
	added := false
	for name, one := range p.packages {
		if aspect.IsOurs(name) || one.Dir == "" {
			continue
		}
		candidates := p.candidates(one)
		mutable := one.mutable(p.goEnv.GOMODCACHE)
		if mutable {
			p.watch(one)
		}
		if len(candidates) == 0 {
			continue
		}
		key := findingKey(one)
		if mutable || kept[key] == nil {
			p.findings[name] = p.look(one, candidates)
		}
		if mutable {
			continue
		}
		if kept[key] == nil {
			kept[key], added = p.findings[name], true
		}
		p.findings[name] = kept[key]
		for _, id := range kept[key].Aspects {
			p.reached[id] = true
		}
	}
	if !added {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	content, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return state.WriteFile(path, content)
}

func findingKey(one *goPackage) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %q %q", one.Dir, one.GoFiles, one.CgoFiles)
	return one.path() + " " + hex.EncodeToString(sum.Sum(nil))[:16]
}

func (p *planner) candidates(one *goPackage) []*aspect.Aspect {
	var candidates []*aspect.Aspect
	known := one.known()
	for _, candidate := range p.aspects {
		if candidate.Possible(known) && candidate.Module.AllowsModule(one.moduleVersion()) {
			candidates = append(candidates, candidate)
		}
	}
	return candidates
}

// watch makes the result depend on a package's files and on which there are.
func (p *planner) watch(one *goPackage) {
	p.inputs[one.Dir] = true
	for _, list := range [][]string{one.GoFiles, one.CgoFiles, one.TestGoFiles, one.XTestGoFiles} {
		if p.line.verb != "test" && len(list) > 0 && (&list[0] == first(one.TestGoFiles) || &list[0] == first(one.XTestGoFiles)) {
			continue
		}
		for _, path := range one.files(list) {
			p.inputs[path] = true
			if target := p.overlay[path]; target != "" {
				p.inputs[target] = true
			}
		}
	}
}

func first(list []string) *string {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

func (p *planner) look(one *goPackage, candidates []*aspect.Aspect) *finding {
	found := &finding{}
	own := slices.Concat(one.files(one.GoFiles), one.files(one.CgoFiles))
	var result *weave.Result
	found.Imports, found.Links, result = p.dryRun(one, one.path(), own, candidates)
	for _, match := range result.Matches {
		if !slices.Contains(found.Aspects, match.Aspect.ID) {
			found.Aspects = append(found.Aspects, match.Aspect.ID)
		}
	}
	if p.line.verb != "test" || !one.mutable(p.goEnv.GOMODCACHE) || one.DepOnly {
		return found
	}
	if len(one.TestGoFiles) > 0 {
		found.TestImports, found.TestLinks, _ = p.dryRun(one, one.path(), one.files(one.TestGoFiles), candidates)
	}
	if len(one.XTestGoFiles) > 0 {
		imports, links, _ := p.dryRun(one, one.path()+"_test", one.files(one.XTestGoFiles), p.aspects)
		found.XTestImports, found.TestLinks = imports, slices.Concat(found.TestLinks, links)
	}
	return found
}

// dryRun weaves some files. What needs type information is taken to match: an import too many does
// no harm, one too few does.
func (p *planner) dryRun(one *goPackage, path string, names []string, candidates []*aspect.Aspect) (imports, links []string, result *weave.Result) {
	options := p.weaveOptions(one, path, names, candidates)
	if options == nil {
		return nil, nil, &weave.Result{} // a file cannot be read: go says so
	}
	result, err := weave.Package(options)
	if err != nil {
		return nil, nil, &weave.Result{} // said when the package is compiled
	}
	for _, match := range result.Matches {
		links = append(links, match.Aspect.Links()...)
	}
	slices.Sort(links)
	return result.Imports, slices.Compact(links), result
}

func (p *planner) weaveOptions(one *goPackage, path string, names []string, candidates []*aspect.Aspect) *weave.Options {
	options := &weave.Options{
		ImportPath: path, PackageName: one.Name, Aspects: candidates, Assume: true,
		NameOf: func(path string) string {
			if known := p.packages[path]; known != nil {
				return known.Name
			}
			return ""
		},
	}
	for _, name := range names {
		content, err := p.read(name)
		if err != nil {
			return nil
		}
		options.Files = append(options.Files, weave.File{Name: name, Path: name, Content: content})
	}
	return options
}

// read gives a file as go sees it.
func (p *planner) read(path string) ([]byte, error) {
	if target := p.overlay[path]; target != "" {
		path = target
	}
	return os.ReadFile(path)
}
