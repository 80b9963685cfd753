// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"bytes"
	"strings"
)

// InText tells whether a file can hold what the aspect selects, by the names in its text.
func (a *Aspect) InText(content []byte) bool { return a.JoinPoint.inText(content) }

func (j *JoinPoint) inText(content []byte) bool {
	switch j.Kind {
	case AllOf:
		for _, child := range j.Of {
			if !child.inText(content) {
				return false
			}
		}
		return true
	case OneOf:
		for _, child := range j.Of {
			if child.inText(content) {
				return true
			}
		}
		return false
	case Inside, FunctionBody:
		return j.Of[0].inText(content)
	case Function:
		return anyNameIn(j.Function.Names, content)
	case MethodCall:
		return anyNameIn(j.Method.Names, content)
	case ValueDeclaration:
		return anyNameIn(j.Value.Names, content)
	case FunctionCall, StructDefinition, StructLiteral:
		names := make([]string, len(j.Patterns))
		for i, reference := range j.Patterns {
			_, names[i] = SplitName(reference)
		}
		return anyNameIn(names, content)
	case Directive:
		for _, name := range j.Patterns {
			if bytes.Contains(content, []byte("//"+name)) {
				return true
			}
		}
		return false
	}
	return true
}

func anyNameIn(globs []string, content []byte) bool {
	for _, glob := range globs {
		literal, _, isGlob := strings.Cut(glob, "*")
		if strings.ContainsAny(literal, "?[\\") || (isGlob && literal == "") ||
			bytes.Contains(content, []byte(literal)) {
			return true
		}
	}
	return len(globs) == 0
}
