// SPDX-License-Identifier: Apache-2.0

package state

import (
	"errors"
	"os"
	"path/filepath"
)

func dirOf(path string) string { return filepath.Dir(path) }

// CacheFolder gives the folder for everything that can be made again.
func CacheFolder() (string, error) {
	folder := os.Getenv("OTELKIT_GO_CACHE")
	if folder == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", errors.New("no cache folder: set OTELKIT_GO_CACHE, XDG_CACHE_HOME or HOME")
		}
		folder = filepath.Join(base, "otelkit", "go")
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	return folder, os.MkdirAll(folder, 0o755)
}
