// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"os"
	"os/exec"
	"testing"
)

// needFullMatrix skips what compiles for a minute or more.
func needFullMatrix(t *testing.T) {
	t.Helper()
	if os.Getenv("OTELKIT_FULL_MATRIX") == "" {
		t.Skip("skip: compiles for minutes, set OTELKIT_FULL_MATRIX=1")
	}
}

// tracedMatrix traces a program of testdata that takes long to compile, and returns where it listens.
func tracedMatrix(t *testing.T, name string, listeners int) (*rig, []string) {
	t.Helper()
	needFullMatrix(t)
	r := newRig(t, Settings{})
	p := build(t, name)
	if _, attached := r.attach(p); len(attached.Problems) > 0 {
		t.Errorf("%+v", attached.Problems)
	}
	addresses, _ := run(t, p, listeners)
	return r, addresses
}

// Go's releases and the layouts of grpc-go that differ. It takes minutes: OTELKIT_FULL_MATRIX=1.
func TestEveryGo(t *testing.T) {
	needFullMatrix(t)
	for _, c := range []struct{ toolchain, language string }{
		{"go1.19.13", "1.19"}, {"go1.20.14", "1.20"}, {"go1.21.13", "1.21"}, {"go1.22.12", "1.22"},
		{"go1.24.6", "1.22"}, {"go1.27.4", "1.22"},
	} {
		t.Run(c.toolchain, func(t *testing.T) {
			p := buildAs(t, "web", func(dir string) { change(t, dir, "mod", "edit", "-go="+c.language) },
				"GOTOOLCHAIN="+c.toolchain)
			testHTTP(t, newRig(t, Settings{}), p)
		})
	}
}

func TestEveryGRPC(t *testing.T) {
	needFullMatrix(t)
	for _, version := range []string{"v1.50.1", "v1.58.3", "v1.64.1", "v1.68.1", "v1.75.0", "v1.77.0", "v1.83.1"} {
		t.Run(version, func(t *testing.T) {
			p := buildAs(t, "rpc", func(dir string) {
				change(t, dir, "get", "google.golang.org/grpc@"+version)
				change(t, dir, "mod", "tidy")
			})
			testGRPC(t, newRig(t, Settings{}), p)
		})
	}
}

func change(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("skip: go %v: %v\n%s", args, err, out)
	}
}
