// SPDX-License-Identifier: Apache-2.0

package tool

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"otelkit/go-toolexec/internal/state"
)

// cover gives the coverage tool the files of imports that go has from our overlay: go names every
// other tool the real file, this one the path that is not there (cmd/go, Builder.runCover).
func cover(tool, args []string) int {
	plan, err := state.Load()
	if err != nil {
		return fail(err)
	}
	output := ""
	for i, arg := range args {
		if arg == "-outfilelist" && i+1 < len(args) {
			output = args[i+1]
		}
		content := plan.Added[absolute(arg)]
		if content == "" || output == "" {
			continue
		}
		// Beside what the tool writes, so that -trimpath takes the folder away.
		copied := filepath.Join(filepath.Dir(output), filepath.Base(arg))
		if err := copyFile(content, copied); err != nil {
			return fail(fmt.Errorf("%s: %w", arg, err))
		}
		args[i] = copied
	}
	return become(slices.Concat(tool, args))
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o666)
}
