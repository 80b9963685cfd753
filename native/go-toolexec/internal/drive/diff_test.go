// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// changed are lines of which some are written differently.
func changed(count int, at ...int) string {
	var out strings.Builder
	for line := range count {
		fmt.Fprintf(&out, "line %d\n", line+1)
	}
	text := out.String()
	for _, line := range at {
		text = strings.Replace(text, fmt.Sprintf("line %d\n", line), fmt.Sprintf("woven %d\n", line), 1)
	}
	return text
}

func TestDiffsAreThoseThatPatchApplies(t *testing.T) {
	program, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("patch is not here, install with: apt-get install patch")
	}
	for name, one := range map[string]struct{ before, after string }{
		"first and last line": {changed(3), changed(3, 1, 3)},
		"close together":      {changed(30), changed(30, 10, 16)},
		"far apart":           {changed(30), changed(30, 10, 17, 18, 30)},
		"a body replaced":     {changed(9), changed(4) + "}\n" + changed(9)[len(changed(6)):]},
		"no newline at last":  {changed(5) + "end", changed(5, 2) + "END"},
		"a new file":          {"", changed(2)},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "file.go")
			if one.before != "" {
				if err := os.WriteFile(file, []byte(one.before), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text := diff(file, one.before, one.after)
			command := exec.Command(program, "--fuzz=0", "-p0", file)
			command.Stdin = strings.NewReader(text)
			if out, err := command.CombinedOutput(); err != nil {
				t.Fatalf("%s\n%s", out, text)
			}
			if is, _ := os.ReadFile(file); string(is) != one.after {
				t.Errorf("%s\nbecame:\n%s", text, is)
			}
		})
	}
}

func TestHunksHaveThreeLinesAroundThem(t *testing.T) {
	wanted := "--- f\n+++ f\n@@ -2,7 +2,7 @@\n line 2\n line 3\n line 4\n-line 5\n+woven 5\n line 6\n line 7\n line 8\n"
	if got := diff("f", changed(30), changed(30, 5)); got != wanted {
		t.Errorf("%s", got)
	}
}
