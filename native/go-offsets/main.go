// SPDX-License-Identifier: Apache-2.0

// go-offsets compiles small programs with many releases of Go and of the modules that otel-go
// knows, reads the layouts of their structs from the DWARF, and writes them as a table of
// intervals for packages/otel-go.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	out := flag.String("out", "", "write the table to this TypeScript `file`")
	cache := flag.String("cache", "", "keep what was read of each program in this `folder`")
	only := flag.String("only", "", "modules to look at, separated by commas; the others are taken from the cache")
	toolchain := flag.String("toolchain", "local", "what modules are compiled with (`GOTOOLCHAIN`)")
	check := flag.String("check", "go1.22.12", "the oldest and newest version of each module are compiled with this one too (`GOTOOLCHAIN`)")
	read := flag.String("read", "", "print the layouts of the structs that are named as arguments, from the DWARF of this `program`")
	flag.Parse()
	if *read != "" {
		if err := printLayouts(*read, flag.Args()); err != nil {
			fmt.Fprintln(os.Stderr, "go-offsets:", err)
			os.Exit(1)
		}
		return
	}
	if *out == "" || *cache == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*out, *cache, *only, *toolchain, *check); err != nil {
		fmt.Fprintln(os.Stderr, "go-offsets:", err)
		os.Exit(1)
	}
}

func run(out, cache, only, toolchain, check string) error {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, module := range strings.Split(only, ",") {
		wanted[module] = module != ""
	}
	var tables []moduleTable
	for _, subject := range subjects() {
		builder := builder{cache: cache, isOffline: only != "" && !wanted[subject.module]}
		table, err := readSubject(&builder, subject, toolchain, check)
		if err != nil {
			return fmt.Errorf("%s: %w", subject.module, err)
		}
		tables = append(tables, table)
	}
	return writeTable(out, tables)
}

func readSubject(b *builder, s subject, toolchain, check string) (moduleTable, error) {
	versions, err := b.versions(s)
	if err != nil {
		return moduleTable{}, err
	}
	var read []reading
	for _, version := range versions {
		layouts, err := b.read(s, version, toolchain)
		if err != nil {
			// A version that does not resolve or compile is no interval's end.
			fmt.Fprintf(os.Stderr, "%s %s: left out: %v\n", s.module, version, firstLine(err))
			continue
		}
		fmt.Fprintf(os.Stderr, "%s %s: %d structs\n", s.module, version, len(layouts))
		read = append(read, reading{version, layouts})
	}
	table := tableOf(s, read)
	if s.module == "std" || len(read) == 0 {
		return table, nil
	}
	// A struct that holds one of the standard library by value may differ between releases of Go.
	for _, end := range []reading{read[0], read[len(read)-1]} {
		layouts, err := b.read(s, end.version, check)
		if err != nil {
			continue
		}
		for name, layout := range layouts {
			if layout != end.layouts[name] {
				fmt.Fprintf(os.Stderr, "%s: %s depends on the release of Go: left out\n", s.module, name)
				delete(table.Structs, name)
			}
		}
	}
	return table, nil
}

// printLayouts is what the tests of packages/otel-go compare with.
func printLayouts(path string, names []string) error {
	found, err := readLayouts(path, names)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

func firstLine(err error) string {
	text, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return text
}
