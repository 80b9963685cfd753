// SPDX-License-Identifier: Apache-2.0

package state

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const maxAncestors = 16 // of a chain of -toolexec programs

// GoProcess is the go command that runs this program, where nobody set a plan up for it.
type GoProcess struct {
	PID       int
	StartTime string // in clock ticks since boot: PIDs are used again
	Args      []string
	Folder    string
}

// FindGo looks for go among the processes above this one.
func FindGo() (*GoProcess, error) {
	pid := os.Getppid()
	for range maxAncestors {
		args, parent, started, err := readProcess(pid)
		if err != nil {
			return nil, err
		}
		if len(args) > 1 && filepath.Base(args[0]) == "go" {
			folder, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
			return &GoProcess{pid, started, args, folder}, err
		}
		if parent <= 1 {
			break
		}
		pid = parent
	}
	return nil, errors.New("otel-go-toolexec is run by go, as -toolexec; see otel-go-toolexec --help")
}

func readProcess(pid int) (args []string, parent int, started string, err error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return nil, 0, "", err
	}
	args = strings.Split(string(bytes.TrimRight(content, "\x00")), "\x00")
	content, err = os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, 0, "", err
	}
	// pid (comm) state ppid …; starttime is the 22nd, and comm may hold anything (proc_pid_stat(5)).
	fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
	if len(fields) < 20 {
		return nil, 0, "", fmt.Errorf("/proc/%d/stat: %d fields behind the name", pid, len(fields))
	}
	parent, err = strconv.Atoi(fields[1])
	return args, parent, fields[19], err
}

// runFile is where the plan of one go process is noted.
func (g *GoProcess) runFile() (string, error) {
	cache, err := CacheFolder()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "runs")
	return filepath.Join(folder, fmt.Sprintf("%d-%s", g.PID, g.StartTime)), os.MkdirAll(folder, 0o755)
}

// Note remembers the plan of a go process for the other programs that it runs.
func (g *GoProcess) Note(plan string) error {
	path, err := g.runFile()
	if err != nil {
		return err
	}
	forgetEnded(filepath.Dir(path))
	return WriteFile(path, []byte(plan))
}

// Noted gives the plan that was remembered, "" if there is none yet.
func (g *GoProcess) Noted() string {
	path, err := g.runFile()
	if err != nil {
		return ""
	}
	content, _ := os.ReadFile(path)
	return string(content)
}

func forgetEnded(folder string) {
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		pid, _, _ := strings.Cut(entry.Name(), "-")
		if _, err := os.Stat("/proc/" + pid); err != nil {
			os.Remove(filepath.Join(folder, entry.Name()))
		}
	}
}
