// SPDX-License-Identifier: Apache-2.0

// Package packed holds the module otelkit.dev/go and the built-in aspects, and puts the module
// where go can read it.
package packed

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/state"
)

// DevelopmentVariable names a folder to use in place of what is packed in.
const DevelopmentVariable = "OTELKIT_GO_RUNTIME"

// build.mjs writes module.json: {"path/in/module": "content"}.
//
//go:embed files
var embedded embed.FS

// Module is the runtime module, with its aspects.
type Module struct {
	Files  map[string]string
	Hash   string
	Folder string // "" until unpacked, except in development
}

// Load reads the module.
func Load() (*Module, error) {
	if folder := os.Getenv(DevelopmentVariable); folder != "" {
		return fromFolder(folder)
	}
	content, err := embedded.ReadFile("files/module.json")
	if err != nil {
		return nil, fmt.Errorf("this build of otel-go-toolexec carries no runtime module; set %s", DevelopmentVariable)
	}
	module := &Module{}
	if err := json.Unmarshal(content, &module.Files); err != nil {
		return nil, err
	}
	module.hash()
	return module, nil
}

func fromFolder(folder string) (*Module, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	module := &Module{Files: map[string]string{}, Folder: folder}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == "test" {
			return filepath.SkipDir // programs that are woven, modules of their own
		}
		if err != nil || entry.IsDir() || !belongs(path) {
			return err
		}
		content, err := os.ReadFile(path)
		relative, _ := filepath.Rel(folder, path)
		module.Files[filepath.ToSlash(relative)] = string(content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", DevelopmentVariable, err)
	}
	module.hash()
	return module, nil
}

func belongs(path string) bool {
	name := filepath.Base(path)
	return (strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")) ||
		strings.HasSuffix(name, ".s") || strings.HasSuffix(name, ".yml") || name == "go.mod"
}

func (m *Module) hash() {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		fmt.Fprintf(sum, "%s %d\n%s", name, len(m.Files[name]), m.Files[name])
	}
	m.Hash = hex.EncodeToString(sum.Sum(nil))[:16]
}

// Unpack puts the module below the cache folder, once, and gives its folder.
func (m *Module) Unpack() (string, error) {
	if m.Folder != "" {
		return m.Folder, nil
	}
	cache, err := state.CacheFolder()
	if err != nil {
		return "", err
	}
	target := filepath.Join(cache, "module-"+m.Hash)
	if _, err := os.Stat(filepath.Join(target, "go.mod")); err == nil {
		return target, nil
	}
	temporary, err := os.MkdirTemp(cache, ".module-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temporary)
	for name, content := range m.Files {
		path := filepath.Join(temporary, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return "", err
		}
	}
	os.Chmod(temporary, 0o755)
	if err := os.Rename(temporary, target); err != nil {
		if _, there := os.Stat(filepath.Join(target, "go.mod")); there != nil {
			return "", err // not because another process was faster
		}
	}
	return target, nil
}
