// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// reading is what one version says.
type reading struct {
	version string
	layouts layouts
}

type moduleTable struct {
	module   string
	Versions []string              `json:"versions"`
	Structs  map[string]structRuns `json:"structs"`
}

// structRuns: from the version of the first number on, the layout of the second; -1: no such struct.
type structRuns struct {
	Layouts []string `json:"layouts"`
	Runs    [][2]int `json:"runs"`
}

func tableOf(s subject, read []reading) moduleTable {
	table := moduleTable{module: s.module, Versions: []string{}, Structs: map[string]structRuns{}}
	for _, r := range read {
		version := r.version
		if s.module == "std" {
			version = strings.TrimPrefix(version, "v")
		}
		table.Versions = append(table.Versions, version)
	}
	for _, name := range s.structs {
		runs := structRuns{}
		for i, r := range read {
			which := slices.Index(runs.Layouts, r.layouts[name])
			if r.layouts[name] == "" {
				which = -1
			} else if which < 0 {
				which = len(runs.Layouts)
				runs.Layouts = append(runs.Layouts, r.layouts[name])
			}
			if len(runs.Runs) == 0 || runs.Runs[len(runs.Runs)-1][1] != which {
				runs.Runs = append(runs.Runs, [2]int{i, which})
			}
		}
		if len(runs.Layouts) > 0 {
			table.Structs[name] = runs
		}
	}
	return table
}

const lineDigits = 92

// writeTable writes the JSON, deflated, as the text of a TypeScript file, so that it is in the bundles.
func writeTable(path string, tables []moduleTable) error {
	modules := map[string]moduleTable{}
	for _, table := range tables {
		modules[table.module] = table
	}
	text, err := json.Marshal(map[string]any{"modules": modules})
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	writer, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return err
	}
	if _, err := writer.Write(text); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	var out strings.Builder
	out.WriteString("// SPDX-License-Identifier: Apache-2.0\n")
	out.WriteString("// Made by native/go-offsets; do not edit.\n\n")
	out.WriteString("/** JSON, see LayoutTable in lookUp.ts; deflated (RFC 1951), in Base64. */\n")
	out.WriteString("export const LAYOUT_DATA: string =\n")
	for rest := base64.StdEncoding.EncodeToString(packed.Bytes()); rest != ""; {
		piece := rest[:min(lineDigits, len(rest))]
		rest = rest[len(piece):]
		end := " +"
		if rest == "" {
			end = ";"
		}
		fmt.Fprintf(&out, "  '%s'%s\n", piece, end)
	}
	return os.WriteFile(path, []byte(out.String()), 0o644)
}

// compare orders versions by their numbers; release candidates come before the release.
func compare(a, b string) int {
	left, leftPre := numbers(a)
	right, rightPre := numbers(b)
	if order := slices.Compare(left, right); order != 0 {
		return order
	}
	if leftPre == "" || rightPre == "" {
		return len(rightPre) - len(leftPre)
	}
	return strings.Compare(leftPre, rightPre)
}

func numbers(version string) ([]int, string) {
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "v"), "+")
	body, pre, _ := strings.Cut(version, "rc")
	var out []int
	for _, part := range strings.Split(body, ".") {
		number, _ := strconv.Atoi(part)
		out = append(out, number)
	}
	for len(out) < 3 {
		out = append(out, 0)
	}
	return out, pre
}

func minor(version string) string {
	parts, pre := numbers(version)
	return fmt.Sprint(parts[:2], pre)
}
