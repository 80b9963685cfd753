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
	"strings"

	"otelkit/go-toolexec/internal/aspect"
	"otelkit/go-toolexec/internal/state"
)

// importsFile is the name under which go sees the file with the imports of woven code.
const importsFile = "zz_otelkit_weave"

// readOverlay takes over what the user's own -overlay says.
func (p *planner) readOverlay() error {
	given := p.line.values["overlay"]
	if given == "" {
		return nil
	}
	path := p.resolve(given)
	p.inputs[path] = true
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var theirs struct{ Replace map[string]string }
	if err := json.Unmarshal(content, &theirs); err != nil {
		return fmt.Errorf("-overlay %s: %w", given, err)
	}
	for from, to := range theirs.Replace {
		if to != "" {
			to = p.resolve(to)
		}
		p.overlay[p.resolve(from)] = to
	}
	return nil
}

// writeImports gives each package that people edit the imports that its woven code needs, and
// each program what must be linked into it. Other packages get archives by hand.
func (p *planner) writeImports(stem string) error {
	for path, one := range p.packages {
		found := p.findings[path]
		if !one.mutable(p.goEnv.GOMODCACHE) {
			p.need(one, found)
			continue
		}
		var imports []string
		if found != nil {
			imports = missing(found.Imports, one.Imports)
		}
		if one.Name == "main" && one.Error == nil {
			imports = append(imports, p.links(path)...)
		}
		own, err := p.ownCandidates(one.known())
		if err != nil {
			return err
		}
		if err := p.importsFor(one, "", one.Name, imports, own); err != nil {
			return err
		}
		if p.line.verb == "test" && !one.DepOnly {
			if err := p.testImports(one, found); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *planner) need(one *goPackage, found *finding) {
	if found == nil {
		return
	}
	for _, path := range missing(found.Imports, one.Imports) {
		p.needed[path] = true
	}
}

func missing(wanted, have []string) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(path string) bool {
		return slices.Contains(have, path) || path == "C" || path == "unsafe"
	})
}

// testImports does the same for a test binary: what it is made of counts, tests included.
func (p *planner) testImports(one *goPackage, found *finding) error {
	if len(one.TestGoFiles)+len(one.XTestGoFiles) == 0 {
		return nil
	}
	if found == nil {
		found = &finding{}
	}
	start := slices.Concat([]string{one.path()}, one.TestImports, one.XTestImports, found.TestLinks)
	var links []string
	for _, link := range slices.Concat(p.links(start...), found.TestLinks) {
		if !p.closure(link)[one.path()] { // else the test would be part of what it imports
			links = append(links, link)
		}
	}
	inside := missing(found.TestImports, slices.Concat(one.Imports, one.TestImports))
	outside := missing(found.XTestImports, one.XTestImports)
	if len(one.XTestGoFiles) > 0 {
		outside = append(outside, links...)
	} else {
		inside = append(inside, links...)
	}
	if err := p.importsFor(one, "_in_test", one.Name, inside, ""); err != nil {
		return err
	}
	own := ""
	if len(one.XTestGoFiles) > 0 {
		external := one.known()
		external.Path, external.Name = external.Path+"_test", external.Name+"_test"
		var err error
		if own, err = p.ownCandidates(external); err != nil {
			return err
		}
	}
	return p.importsFor(one, "_x_test", one.Name+"_test", outside, own)
}

// ownCandidates is a hash of the aspects of the module that may match a package; "" without any.
func (p *planner) ownCandidates(known *aspect.Package) (string, error) {
	var own []*aspect.Aspect
	for _, candidate := range p.aspects {
		if !candidate.BuiltIn && candidate.Possible(known) {
			own = append(own, candidate)
		}
	}
	if len(own) == 0 {
		return "", nil
	}
	return digestOf(own)
}

func (p *planner) importsFor(one *goPackage, suffix, packageName string, imports []string, own string) error {
	slices.Sort(imports)
	imports = slices.Compact(imports)
	if (len(imports) == 0 && own == "") || packageName == "" {
		return nil
	}
	var out strings.Builder
	fmt.Fprintf(&out, "package %s\n\n", packageName)
	if own != "" {
		fmt.Fprintf(&out, "// By aspects of the module: %s\n\n", own)
	}
	for _, path := range imports {
		fmt.Fprintf(&out, "import _ %q\n", path)
	}
	sum := sha256.Sum256([]byte(out.String()))
	folder := filepath.Join(p.cache, "imports")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	file := filepath.Join(folder, hex.EncodeToString(sum[:])[:24]+".go")
	if err := writeOnce(file, out.String()); err != nil {
		return err
	}
	name := filepath.Join(one.Dir, importsFile+suffix+".go")
	p.kept = append(p.kept, file)
	p.overlay[name], p.added[name] = file, file
	if p.line.namesFiles() && one.path() == "command-line-arguments" {
		// Spelled as the user's files are: go wants all of them in one folder, by name.
		p.append = append(p.append, filepath.Join(filepath.Dir(p.line.patterns[0]), filepath.Base(name)))
	}
	return nil
}

// overlayFlags writes the overlay and gives the flags that name it and the module.
func (p *planner) overlayFlags(stem string) ([]string, error) {
	flags := slices.Clone(p.moduleFlags)
	if len(p.overlay) == 0 {
		return flags, nil
	}
	content, err := json.Marshal(map[string]any{"Replace": p.overlay})
	if err != nil {
		return nil, err
	}
	path := stem + ".overlay.json"
	p.kept = append(p.kept, path)
	return append(flags, "-overlay="+path), state.WriteFile(path, content)
}
