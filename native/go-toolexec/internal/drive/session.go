// SPDX-License-Identifier: Apache-2.0

// Package drive sets a woven build up: a derived module, a plan, an overlay; then it becomes go.
package drive

import (
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
	"otelkit/go-toolexec/internal/packed"
	"otelkit/go-toolexec/internal/state"
)

// session is one run of the driver.
type session struct {
	line        *commandLine
	folder      string // where go runs
	env         []string
	cache       string // our own
	weaver      string // identity of this program
	self        string // its path
	module      *packed.Module
	runtime     string // the folder of otelkit.dev/go
	goEnv       *goEnv
	aspects     []*aspect.Aspect
	identity    string
	chosen      chosen
	inputs      map[string]bool // paths that the result depends on
	kept        []string        // files of ours that the result names
	troubled    bool            // go list found mistakes
	moduleFlags []string        // -modfile=…
	moduleEnv   map[string]string
	mirrored    map[string]string // files that go shall see in the module → those of the runtime module
}

func newSession(args []string) (*session, error) {
	s := &session{line: parseCommandLine(args), env: environment(), inputs: map[string]bool{}}
	var err error
	if s.folder, err = os.Getwd(); err != nil {
		return nil, err
	}
	if into := s.line.values["C"]; into != "" {
		if !filepath.IsAbs(into) {
			into = filepath.Join(s.folder, into)
		}
		s.folder = into
		s.env = withEnv(s.env, map[string]string{"PWD": into})
	}
	if s.cache, err = state.CacheFolder(); err != nil {
		return nil, err
	}
	if s.self, err = os.Executable(); err != nil {
		return nil, err
	}
	s.weaver, err = weaverIdentity(s.self)
	return s, err
}

// weaverIdentity is Go's own build ID of this program, which covers everything in it.
func weaverIdentity(self string) (string, error) {
	if fixed := os.Getenv("OTELKIT_GO_WEAVER"); fixed != "" {
		return fixed, nil // for work on the weaver: caches outlive its builds
	}
	file, err := elf.Open(self)
	if err != nil {
		return "", err
	}
	defer file.Close()
	if section := file.Section(".note.go.buildid"); section != nil {
		if content, err := section.Data(); err == nil {
			sum := sha256.Sum256(content)
			return hex.EncodeToString(sum[:])[:16], nil
		}
	}
	info, err := buildinfo.ReadFile(self)
	if err != nil {
		return "", err
	}
	return info.String(), errors.New("this program was built without a build ID")
}

// key names the result of a command line: whatever can make go choose other packages or flags.
func (s *session) key() string {
	sum := sha256.New()
	goPath, _ := exec.LookPath("go")
	fmt.Fprintf(sum, "%s\n%s\n%q\n%+v\n", s.weaver, s.folder, append([]string{s.line.verb}, s.line.args...), stampOf(goPath))
	for _, pair := range s.env {
		name, _, _ := strings.Cut(pair, "=")
		if matters(name) {
			fmt.Fprintf(sum, "%q\n", pair)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:32]
}

// matters: variables that go looks at, and ours.
func matters(name string) bool {
	return strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") || strings.HasPrefix(name, "OTELKIT_GO_") ||
		slices.Contains([]string{"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "CC", "CXX", "AR", "FC", "PKG_CONFIG"}, name)
}

// prepare gives what must be put into go's command line; from the last time where nothing changed.
func (s *session) prepare() (*prepared, error) {
	path := s.stem() + ".json"
	if kept := loadPrepared(path); kept != nil {
		return kept, nil
	}
	started := now()
	made, err := s.makeAnew(strings.TrimSuffix(path, ".json"))
	if err != nil {
		return nil, err
	}
	made.Kept = append(made.Kept, s.kept...)
	for input := range s.inputs {
		made.Inputs = append(made.Inputs, stampOf(input))
	}
	slices.SortFunc(made.Inputs, func(a, b stamp) int { return strings.Compare(a.Path, b.Path) })
	if s.troubled || changedSince(made.Inputs, started) {
		return made, nil // files are being written: look again next time
	}
	return made, made.save(path)
}

func (s *session) stem() string { return filepath.Join(s.cache, "builds", s.key()) }

func (s *session) makeAnew(stem string) (*prepared, error) {
	if err := s.prepareInputs(); err != nil {
		return nil, err
	}
	return s.plan(stem)
}

// prepareInputs learns what planning needs: go's environment, the derived module, the aspects.
func (s *session) prepareInputs() error {
	var err error
	if s.module, err = packed.Load(); err != nil {
		return err
	}
	if s.runtime, err = s.module.Unpack(); err != nil {
		return err
	}
	for name := range s.module.Files {
		if s.module.Folder != "" { // in development the files may change
			s.inputs[filepath.Join(s.module.Folder, name)] = true
		}
	}
	if s.goEnv, err = s.goEnvironment(); err != nil {
		return err
	}
	if err := supported(s.goEnv.GOVERSION); err != nil {
		return err
	}
	s.line.addGoFlags(s.goEnv.GOFLAGS)
	s.inputs[s.goEnv.GOENV] = true
	if err := os.MkdirAll(filepath.Join(s.cache, "builds"), 0o755); err != nil {
		return err
	}
	if !s.fixed() {
		if err := s.deriveModule(); err != nil {
			return err
		}
	}
	return s.readAspects()
}

// The toolchains whose runtime and standard library the aspects know.
const (
	oldestGo = "1.22"
	newestGo = "1.27"
	afterGo  = "1.28"
)

// supported refuses newer toolchains too: aspects reach into the scheduler, and one that no longer
// matches there would hand spans from one request to the next.
func supported(version string) error {
	within, err := aspect.ParseConstraint(">=" + oldestGo + ", <" + afterGo)
	if err != nil {
		return err
	}
	if strings.HasPrefix(version, "go") && !within.Allows(version) {
		return fmt.Errorf("%s is not supported: otel-go build knows go%s to go%s (GOTOOLCHAIN=go%s.0 takes another, "+
			"if go.mod allows it)", version, oldestGo, newestGo, newestGo)
	}
	return nil
}
