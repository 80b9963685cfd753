// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"path"
	"strings"
)

// SplitName cuts "import/path.Name" in two; without a path the first part is empty.
func SplitName(reference string) (importPath, name string) {
	slash := strings.LastIndexByte(reference, '/')
	dot := strings.LastIndexByte(reference, '.')
	if dot <= slash {
		return "", reference
	}
	return reference[:dot], reference[dot+1:]
}

// PathMatches tells whether an import path is meant by a pattern: equal, or below "prefix/...".
func PathMatches(pattern, importPath string) bool {
	prefix, below := strings.CutSuffix(pattern, "/...")
	if !below {
		return pattern == importPath
	}
	return importPath == prefix || strings.HasPrefix(importPath, prefix+"/")
}

// NameMatches tells whether a name is meant by one of the globs. No globs: every name is.
func NameMatches(globs []string, name string) bool {
	if len(globs) == 0 {
		return true
	}
	for _, glob := range globs {
		if ok, err := path.Match(glob, name); err == nil && ok {
			return true
		}
	}
	return false
}
