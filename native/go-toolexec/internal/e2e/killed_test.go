// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const kills = 20

// TestKilledBuildsLeaveNothingThatALaterOneTakes edits the module and its aspects, kills the build
// of that, all of its processes at once, and so on; then what is built must be what a build from
// empty caches gives.
func TestKilledBuildsLeaveNothingThatALaterOneTakes(t *testing.T) {
	full(t)
	w := newWorld(t, shop())
	w.setenv("GOCACHE=" + filepath.Join(w.base, "go-cache"))
	started := time.Now()
	w.must("build", "-o", "../shop", ".")
	whole := time.Since(started)
	random := rand.New(rand.NewPCG(8, 1))
	for i := range kills {
		w.write("lib/lib.go", strings.Replace(libFile, `"hello"`, fmt.Sprintf(`"hello %d"`, i), 1))
		if i%4 == 3 {
			w.write("otelkit.yml", strings.Replace(shopAspects, `"greet"`, fmt.Sprintf(`"greet %d"`, i), 1))
		}
		if i%5 == 4 { // from the start: half of the standard library is there
			os.RemoveAll(filepath.Join(w.base, "cache", "builds"))
		}
		w.killed(time.Duration(random.Int64N(int64(whole/4))), "build", "-o", "../shop", ".")
	}
	w.must("build", "-o", "../shop", ".")
	after, _ := os.ReadFile(filepath.Join(w.base, "shop"))
	w.setenv("GOCACHE=" + filepath.Join(w.base, "go-cache-2"))
	os.RemoveAll(filepath.Join(w.base, "cache"))
	w.must("build", "-o", "../shop", ".")
	fresh, _ := os.ReadFile(filepath.Join(w.base, "shop"))
	if len(fresh) == 0 || !bytes.Equal(after, fresh) {
		t.Error("a build after killed ones differs from one from empty caches")
	}
}

// killed starts a build and kills its whole process group after a while, if it still runs.
func (w *world) killed(after time.Duration, args ...string) {
	w.t.Helper()
	command := exec.Command(weaver, append([]string{"go"}, args...)...)
	command.Dir, command.Env = w.module, w.env
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(after)
	syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
	command.Wait()
}
