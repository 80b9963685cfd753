// SPDX-License-Identifier: Apache-2.0

package tool

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// importConfig is the file that tells the compiler and the linker where packages are.
type importConfig struct {
	path     string
	lines    []string
	packages map[string]string // path → archive
	maps     map[string]string // import path as written → as it is, for vendored packages
}

func readImportConfig(path string) (*importConfig, error) {
	config := &importConfig{path: path, packages: map[string]string{}, maps: map[string]string{}}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line := scanner.Text()
		config.lines = append(config.lines, line)
		verb, rest, _ := strings.Cut(line, " ")
		before, after, ok := strings.Cut(rest, "=")
		switch {
		case !ok:
		case verb == "packagefile":
			config.packages[before] = after
		case verb == "importmap":
			config.maps[before] = after
		}
	}
	return config, scanner.Err()
}

// has tells whether source may import a path: under its own name, or one that it is mapped to.
func (c *importConfig) has(path string) bool {
	return c.packages[path] != "" || c.maps[path] != ""
}

func (c *importConfig) open(path string) (io.ReadCloser, error) {
	if mapped := c.maps[path]; mapped != "" {
		path = mapped
	}
	archive := c.packages[path]
	if archive == "" {
		return nil, fmt.Errorf("no archive of %s", path)
	}
	return os.Open(archive)
}

// with writes the file anew with more packages; gives its path.
func (c *importConfig) with(more map[string]string) (string, error) {
	lines := c.lines
	for _, path := range sortedKeys(more) {
		if c.packages[path] == "" {
			lines = append(lines, "packagefile "+path+"="+more[path])
		}
	}
	patched := c.path + ".otelkit"
	return patched, os.WriteFile(patched, []byte(strings.Join(lines, "\n")+"\n"), 0o666)
}

func sortedKeys(values map[string]string) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
