// SPDX-License-Identifier: Apache-2.0

// Package state is what the driver leaves for the processes that go starts: the aspects in
// force, their identity, and archives that go does not know are needed.
package state

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"otelkit/go-toolexec/internal/aspect"
)

// Variable names the file in the environment.
const Variable = "OTELKIT_GO_PLAN"

// Plan is that file.
type Plan struct {
	Identity  string            // of the weaver, the aspects, the runtime module
	GoVersion string            // go1.26.8
	Aspects   []*aspect.Aspect  // allowed by their go constraint
	Modules   map[string]string `json:",omitempty"` // import path → version of its module, where an aspect asks
	Names     map[string]string `json:",omitempty"` // import path → package name, where it is not the last element
	Archives  map[string]string `json:",omitempty"` // import path → archive, for packages woven code imports
	Programs  []string          `json:",omitempty"` // what every program imports; only without the driver
	Added     map[string]string `json:",omitempty"` // path that go is told → file: the imports added to packages
}

// Prepare makes a plan for a go process that was started without the driver; gives its path.
var Prepare func(*GoProcess) (string, error)

// Load reads the plan of this build.
func Load() (*Plan, error) {
	path := os.Getenv(Variable)
	if path == "" {
		process, err := FindGo()
		if err != nil {
			return nil, err
		}
		if path = process.Noted(); path == "" {
			if path, err = Prepare(process); err != nil {
				return nil, err
			}
			if err := process.Note(path); err != nil {
				return nil, err
			}
		}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the plan of this build: %w", err)
	}
	plan := &Plan{}
	if err := json.Unmarshal(content, plan); err != nil {
		return nil, fmt.Errorf("the plan of this build: %s: %w", path, err)
	}
	return plan, nil
}

// Save writes a plan so that a reader sees the old one or the new one.
func (p *Plan) Save(path string) error {
	content, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return WriteFile(path, content)
}

// WriteFile puts a file in place by rename.
func WriteFile(path string, content []byte) error {
	temporary, err := os.CreateTemp(dirOf(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	if _, err := temporary.Write(content); err != nil {
		temporary.Close()
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// Name is a name made of the plan's content.
func (p *Plan) Name() string {
	content, _ := json.Marshal(p) // maps are written in the order of their keys
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])[:24]
}
