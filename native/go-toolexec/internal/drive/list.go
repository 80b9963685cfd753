// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
)

// goPackage is what go list says of a package, as far as planning asks.
type goPackage struct {
	ImportPath   string
	Name         string
	Dir          string
	Standard     bool
	DepOnly      bool
	ForTest      string
	Export       string
	GoFiles      []string
	CgoFiles     []string
	TestGoFiles  []string
	XTestGoFiles []string
	Imports      []string
	TestImports  []string
	XTestImports []string
	ImportMap    map[string]string
	Deps         []string
	Module       *goModule
	Error        *struct{ Err string }
}

type goModule struct {
	Path, Version, Dir string
	Main               bool
	Replace            *goModule
}

const listFields = "-json=ImportPath,Name,Dir,Standard,DepOnly,ForTest,Export,GoFiles,CgoFiles,TestGoFiles," +
	"XTestGoFiles,Imports,TestImports,XTestImports,ImportMap,Deps,Module,Error"

// list runs go list with the build flags of this build.
func (s *session) list(more []string, patterns []string) ([]*goPackage, error) {
	args := append([]string{"list", listFields}, more...)
	args = append(args, s.moduleFlags...)
	args = append(args, s.line.build...)
	out, err := s.goOutput(append(append(args, "--"), patterns...)...)
	var failed *goError
	if err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	packages, decodeErr := decodePackages(out)
	if err != nil {
		return packages, err
	}
	return packages, decodeErr
}

func decodePackages(out []byte) ([]*goPackage, error) {
	var packages []*goPackage
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		one := &goPackage{}
		if err := decoder.Decode(one); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, one)
	}
}

// path is the import path without the mark of a test variant.
func (p *goPackage) path() string {
	path, _, _ := strings.Cut(p.ImportPath, " ")
	return path
}

// mutable tells whether people edit the package: it is neither Go's nor in the module cache.
func (p *goPackage) mutable(moduleCache string) bool {
	return !p.Standard && !strings.HasPrefix(p.Dir, moduleCache+string(filepath.Separator))
}

func (p *goPackage) files(names []string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = name
		if !filepath.IsAbs(name) {
			paths[i] = filepath.Join(p.Dir, name)
		}
	}
	return paths
}
