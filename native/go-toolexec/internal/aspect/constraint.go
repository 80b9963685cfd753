// SPDX-License-Identifier: Apache-2.0

package aspect

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Constraint is a list of comparisons of versions: ">=1.22, <1.27".
type Constraint []Comparison

// Comparison is one of them.
type Comparison struct {
	Operator string
	Version  string
}

var operators = []string{">=", "<=", ">", "<", "="}

// ParseConstraint reads a list of comparisons.
func ParseConstraint(text string) (Constraint, error) {
	var constraint Constraint
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		comparison := Comparison{}
		for _, operator := range operators {
			if rest, ok := strings.CutPrefix(part, operator); ok {
				comparison = Comparison{operator, strings.TrimSpace(rest)}
				break
			}
		}
		if comparison.Operator == "" || !isVersion(comparison.Version) {
			return nil, fmt.Errorf("%q is not a comparison such as \">=1.22\"", part)
		}
		constraint = append(constraint, comparison)
	}
	return constraint, nil
}

func isVersion(text string) bool {
	for part := range strings.SplitSeq(strings.TrimPrefix(text, "v"), ".") {
		if _, err := strconv.Atoi(part); err != nil {
			return false
		}
	}
	return true
}

// Allows tells whether a version (1.26.8, go1.26.8, v1.2.3-rc1) passes. An empty or unreadable
// version passes only an empty constraint.
func (c Constraint) Allows(version string) bool {
	for _, comparison := range c {
		if version == "" {
			return false
		}
		order := compareVersions(version, comparison.Version)
		allowed := false
		switch comparison.Operator {
		case ">=":
			allowed = order >= 0
		case "<=":
			allowed = order <= 0
		case ">":
			allowed = order > 0
		case "<":
			allowed = order < 0
		case "=":
			allowed = order == 0
		}
		if !allowed {
			return false
		}
	}
	return true
}

// AllowsModule is Allows for a version that may not be known, as that of a module of a workspace:
// such a one counts as newer than any.
func (c Constraint) AllowsModule(version string) bool {
	if version == "" {
		version = strconv.Itoa(math.MaxInt32)
	}
	return c.Allows(version)
}

// compareVersions compares as many numbers as the second version has, so that 1.26.8 equals 1.26.
func compareVersions(version, against string) int {
	have, want := versionNumbers(version), versionNumbers(against)
	for i, number := range want {
		got := 0
		if i < len(have) {
			got = have[i]
		}
		if got != number {
			return got - number
		}
	}
	return 0
}

func versionNumbers(text string) []int {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "go"), "v")
	var numbers []int
	for part := range strings.SplitSeq(text, ".") {
		digits := 0
		for digits < len(part) && part[digits] >= '0' && part[digits] <= '9' {
			digits++
		}
		number, err := strconv.Atoi(part[:digits])
		if err != nil {
			break
		}
		numbers = append(numbers, number)
		if digits < len(part) {
			break // 1.27rc1, 1.2.3-beta: what follows does not order by number
		}
	}
	return numbers
}

// String writes the constraint as ParseConstraint reads it.
func (c Constraint) String() string {
	parts := make([]string, len(c))
	for i, comparison := range c {
		parts[i] = comparison.Operator + comparison.Version
	}
	return strings.Join(parts, ", ")
}
