// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// realWorld is a module built with the real runtime module and the built-in aspects.
func realWorld(t *testing.T, module string) *world {
	t.Helper()
	full(t)
	runtime, err := filepath.Abs("../../../go-runtime")
	if err != nil {
		t.Fatal(err)
	}
	if other := os.Getenv("OTELKIT_GO_RUNTIME"); other != "" {
		runtime = other
	}
	base := t.TempDir()
	w := &world{t: t, base: base, module: filepath.Join(base, "module")}
	if out, err := exec.Command("cp", "-r", "--no-preserve=mode", module, w.module).CombinedOutput(); err != nil {
		t.Fatal(string(out))
	}
	w.env = append(os.Environ(), "OTELKIT_GO_RUNTIME="+runtime, "OTELKIT_GO_CACHE="+filepath.Join(base, "cache"),
		"GOFLAGS=", "GOWORK=off", "OTELKIT_GO_PLAN=", "OTEL_TRACES_EXPORTER=none")
	return w
}

// realSuites are modules whose tests must come out woven as they do plain. docs/go-build.md has
// the results.
var realSuites = []struct {
	module, version string
	args            []string
}{
	{"github.com/go-chi/chi/v5", "v5.2.3", []string{"./..."}},
	// What is skipped connects within 100 ms, or fails: on a busy machine it fails plain too.
	{"github.com/grpc-ecosystem/go-grpc-middleware/v2", "v2.3.2", []string{"-skip=TestTimeoutUnaryClientInterceptor", "./..."}},
	{"github.com/jmoiron/sqlx", "v1.4.0", []string{"./..."}},
}

func TestSuitesOfRealModules(t *testing.T) {
	full(t)
	for _, suite := range realSuites {
		t.Run(suite.module, func(t *testing.T) {
			w := realWorld(t, downloaded(t, suite.module, suite.version))
			args := append([]string{"test", "-json", "-count=1"}, suite.args...)
			plainOut, _ := w.run("go", args...)
			wovenOut, _ := w.run(weaver, append([]string{"go"}, args...)...)
			plain, woven := outcomes(plainOut), outcomes(wovenOut)
			if len(plain) < 10 {
				t.Fatalf("only %d tests ran:\n%s", len(plain), plainOut)
			}
			if !maps.Equal(plain, woven) {
				t.Errorf("plain and woven differ:\n%s\n%s", differences(plain, woven), wovenOut)
			}
			t.Logf("%s %s: %d tests plain, %d woven", suite.module, suite.version, len(plain), len(woven))
		})
	}
}

// downloaded gives the folder of a module in the module cache.
func downloaded(t *testing.T, module, version string) string {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", module+"@"+version)
	command.Dir = t.TempDir()
	out, err := command.Output()
	var answer struct{ Dir, Error string }
	if json.Unmarshal(out, &answer) != nil || answer.Dir == "" {
		t.Skipf("%s cannot be downloaded: %v %s", module, err, answer.Error)
	}
	return answer.Dir
}

// outcomes gives pass, fail or skip of every test, by package and name.
func outcomes(out string) map[string]string {
	ended := map[string]string{}
	for line := range strings.Lines(out) {
		var event struct{ Action, Package, Test string }
		if json.Unmarshal([]byte(line), &event) != nil {
			continue
		}
		if slices.Contains([]string{"pass", "fail", "skip"}, event.Action) && event.Test != "" {
			ended[event.Package+" "+event.Test] = event.Action
		}
	}
	return ended
}

func differences(plain, woven map[string]string) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(plain)) {
		if plain[name] != woven[name] {
			fmt.Fprintf(&out, "%s: %s plain, %q woven\n", name, plain[name], woven[name])
		}
	}
	return out.String()
}

func TestTheExampleRefusesPathTraversal(t *testing.T) {
	w := realWorld(t, "../../../../examples/otel-go/path-traversal")
	w.setenv("CGO_ENABLED=0")
	w.must("build", "-o", "../files", ".")
	command := exec.Command("../files")
	command.Dir, command.Env = w.module, append(w.env, "ADDRESS=127.0.0.1:0")
	messages, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { command.Process.Kill(); command.Wait() }()
	line, _ := bufio.NewReader(messages).ReadString('\n') // its log names the address
	_, base, found := strings.Cut(strings.TrimSpace(line), "http")
	if !found {
		t.Fatal(line)
	}
	base = "http" + base
	for name, wanted := range map[string]string{
		"hello.txt": "hello", "../go.mod": "refused: it climbs out of its folder", "x/../../go.mod": "refused",
	} {
		response, err := http.Get(base + "/file?name=" + name)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		expect(t, string(body), wanted)
		expectNot(t, string(body), "module example.com")
	}
}
