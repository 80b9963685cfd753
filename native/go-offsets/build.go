// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

type builder struct {
	cache     string
	isOffline bool
}

var toolchainName = regexp.MustCompile(`^v0\.0\.1-go(1\.(\d+)(?:\.\d+)?(?:rc\d+)?)\.linux-amd64$`)

// versions are those to compile, ascending: of each minor release the last, and where layouts are
// known to change within one, the first too.
func (b *builder) versions(s subject) ([]string, error) {
	cached := filepath.Join(b.cache, strings.ReplaceAll(s.module, "/", "_")+".versions")
	if text, err := os.ReadFile(cached); err == nil && b.isOffline {
		return strings.Fields(string(text)), nil
	}
	module := s.module
	if module == "std" {
		module = "golang.org/toolchain"
	}
	text, err := goCommand(b.cache, "local", "list", "-m", "-versions", module)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, version := range strings.Fields(text)[1:] {
		if s.module == "std" {
			match := toolchainName.FindStringSubmatch(version)
			if match == nil {
				continue
			}
			version = "v" + match[1]
		}
		if !strings.Contains(version, "-") && compare(version, s.oldest) >= 0 {
			all = append(all, version)
		}
	}
	slices.SortFunc(all, compare)
	chosen := thin(ends(all, s.isDense), s.every)
	return chosen, os.WriteFile(cached, []byte(strings.Join(chosen, "\n")+"\n"), 0o644)
}

// ends keeps the last, or the first and the last, of neighbours of one minor release.
func ends(all []string, isDense bool) []string {
	var out []string
	for i, version := range all {
		isFirst := i == 0 || minor(all[i-1]) != minor(version)
		isLast := i == len(all)-1 || minor(all[i+1]) != minor(version)
		if isLast || isFirst && isDense {
			out = append(out, version)
		}
	}
	return out
}

// thin keeps every so many, the first and the last: between equal neighbours nothing changed.
func thin(all []string, every int) []string {
	var out []string
	for i, version := range all {
		if every < 2 || i%every == 0 || i == len(all)-1 {
			out = append(out, version)
		}
	}
	return out
}

// read compiles a program with this version and reads its structs; what was read once is kept.
func (b *builder) read(s subject, version, toolchain string) (layouts, error) {
	if s.module == "std" {
		toolchain = "go" + strings.TrimPrefix(version, "v")
	}
	name := strings.ReplaceAll(fmt.Sprintf("%s@%s+%s.json", s.module, version, toolchain), "/", "_")
	cached := filepath.Join(b.cache, name)
	if text, err := os.ReadFile(cached); err == nil {
		found := layouts{}
		if err := json.Unmarshal(text, &found); err == nil && hasAll(found, s) {
			return found.of(s), nil
		}
	}
	if b.isOffline {
		return nil, errors.New("not in the cache")
	}
	found, err := compile(s, version, toolchain)
	if err != nil {
		return nil, err
	}
	for _, name := range s.structs {
		if _, isThere := found[name]; !isThere {
			found[name] = ""
		}
	}
	text, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		return nil, err
	}
	return found.of(s), os.WriteFile(cached, append(text, '\n'), 0o644)
}

func hasAll(found layouts, s subject) bool {
	for _, name := range s.structs {
		if _, isThere := found[name]; !isThere {
			return false
		}
	}
	return true
}

// of leaves out what the version does not have, and what is no longer asked for.
func (l layouts) of(s subject) layouts {
	out := layouts{}
	for _, name := range s.structs {
		if l[name] != "" {
			out[name] = fewer(name, l[name])
		}
	}
	return out
}

func compile(s subject, version, toolchain string) (layouts, error) {
	folder, err := os.MkdirTemp("", "go-offsets-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	mod := "module example.com/layouts\n\ngo 1.19\n"
	source := "package main\n" + s.source
	for name, text := range map[string]string{"go.mod": mod, "main.go": source} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	if s.module != "std" {
		if _, err := goCommand(folder, toolchain, "get", s.module+"@"+version); err != nil {
			return nil, err
		}
		if err := isVersion(folder, toolchain, s.module, version); err != nil {
			return nil, err
		}
	}
	args := []string{"build", "-mod=mod", "-o", "program"}
	if s.module == "std" {
		// Every package is compiled anew for this release: without optimizations in half the time.
		args = append(args, "-gcflags=all=-N -l")
	}
	if _, err := goCommand(folder, toolchain, append(args, ".")...); err != nil {
		return nil, err
	}
	return readLayouts(filepath.Join(folder, "program"), s.structs)
}

// isVersion: another module may have asked for a newer one.
func isVersion(folder, toolchain, module, version string) error {
	found, err := goCommand(folder, toolchain, "list", "-m", "-f", "{{.Version}}", module)
	if err == nil && strings.TrimSpace(found) != version {
		err = fmt.Errorf("%s was chosen", strings.TrimSpace(found))
	}
	return err
}

func goCommand(folder, toolchain string, args ...string) (string, error) {
	command := exec.Command("go", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GOTOOLCHAIN="+toolchain, "CGO_ENABLED=0", "GOFLAGS=-mod=mod",
		"GOOS=linux", "GOARCH=amd64", "GO111MODULE=on", "GOWORK=off")
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, lastLines(stderr.String()))
	}
	return string(out), nil
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
