// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"encoding/json"
	"os"
	"syscall"
	"time"

	"otelkit/go-toolexec/internal/state"
)

// stamp says what a file or folder was like. Size and both times: an editor that keeps mtime
// still moves ctime.
type stamp struct {
	Path  string
	Size  int64  `json:",omitempty"`
	Mtime int64  `json:",omitempty"`
	Ctime int64  `json:",omitempty"`
	Inode uint64 `json:",omitempty"`
}

func stampOf(path string) stamp {
	var info syscall.Stat_t
	if err := syscall.Stat(path, &info); err != nil {
		return stamp{Path: path} // not there is a state too
	}
	size := info.Size
	if info.Mode&syscall.S_IFMT == syscall.S_IFDIR {
		size = 0
	}
	return stamp{path, size, info.Mtim.Nano(), info.Ctim.Nano(), info.Ino}
}

// prepared is what a command line comes to; kept while its inputs are as they were.
type prepared struct {
	Inputs []stamp
	Kept   []string // files of ours, and archives in go's cache: gone when somebody clears it
	Flags  []string // to put behind the verb
	Append []string // files to name beside those named
	Env    map[string]string
}

func loadPrepared(path string) *prepared {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	kept := &prepared{}
	if json.Unmarshal(content, kept) != nil || len(kept.Inputs) == 0 {
		return nil
	}
	for _, input := range kept.Inputs {
		if stampOf(input.Path) != input {
			return nil
		}
	}
	for _, path := range kept.Kept {
		if _, err := os.Stat(path); err != nil {
			return nil
		}
	}
	return kept
}

func now() int64 { return time.Now().UnixNano() }

// changedSince tells whether an input may have been written while it was read.
func changedSince(inputs []stamp, started int64) bool {
	const granularity = int64(20 * time.Millisecond) // of file times, with room
	for _, input := range inputs {
		if max(input.Mtime, input.Ctime) > started-granularity {
			return true
		}
	}
	return false
}

func (p *prepared) save(path string) error {
	content, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return state.WriteFile(path, content)
}
