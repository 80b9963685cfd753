// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// goEnv is what `go env` says.
type goEnv struct {
	GOMOD, GOWORK, GOVERSION, GOFLAGS, GOROOT, GOMODCACHE, GOCACHE, GOENV string
}

func (s *session) goEnvironment() (*goEnv, error) {
	out, err := s.goOutput("env", "-json", "GOMOD", "GOWORK", "GOVERSION", "GOFLAGS", "GOROOT", "GOMODCACHE", "GOCACHE", "GOENV")
	if err != nil {
		return nil, err
	}
	env := &goEnv{}
	return env, json.Unmarshal(out, env)
}

// goOutput runs go in the folder of the build; what it prints to stderr is in the error.
func (s *session) goOutput(args ...string) ([]byte, error) {
	command := exec.Command("go", args...)
	command.Dir = s.folder
	command.Env = s.env
	var out, messages bytes.Buffer
	command.Stdout, command.Stderr = &out, &messages
	if err := command.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, errors.New("go is not in PATH")
		}
		return out.Bytes(), &goError{args[0], messages.String(), err}
	}
	return out.Bytes(), nil
}

type goError struct {
	verb, messages string
	err            error
}

func (e *goError) Error() string {
	if text := strings.TrimSpace(e.messages); text != "" {
		return text
	}
	return fmt.Sprintf("go %s: %s", e.verb, e.err)
}

// withEnv gives the environment with variables changed.
func withEnv(env []string, more map[string]string) []string {
	var changed []string
	for _, pair := range env {
		name, _, _ := strings.Cut(pair, "=")
		if _, there := more[name]; !there {
			changed = append(changed, pair)
		}
	}
	for name, value := range more {
		changed = append(changed, name+"="+value)
	}
	return changed
}

func environment() []string { return os.Environ() }
