// SPDX-License-Identifier: Apache-2.0

package tool

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otelkit/go-toolexec/internal/state"
)

func TestCompilerArgumentsAreTakenApart(t *testing.T) {
	args := strings.Fields("-o /w/_pkg_.a -trimpath /w=> -p main -lang=go1.22 -complete -c=4 -importcfg /w/cfg -pack ./a.go ./b.go")
	parsed := parseCompile(args)
	if !slices.Equal(parsed.files, []string{"./a.go", "./b.go"}) || parsed.value("-p") != "main" || parsed.value("-lang") != "go1.22" {
		t.Errorf("%+v", parsed)
	}
	parsed.set("-importcfg", "/x")
	parsed.drop("-complete")
	if got := strings.Join(parsed.all(), " "); strings.Contains(got, "-complete") || !strings.Contains(got, "-importcfg /x") {
		t.Error(got)
	}
	if slices.Contains(args, "/x") {
		t.Error("the arguments given were changed")
	}
}

func TestIdentityReachesTheKeyOfReleasesAndDevelopmentVersions(t *testing.T) {
	if got := withIdentity("compile version go1.26.8", "abc"); got != "compile version go1.26.8 otelkit:abc" {
		t.Error(got)
	}
	if got := withIdentity("compile version devel go1.27-1 buildID=a/b/c/d", "abc"); !strings.HasSuffix(got, "buildID=a/b/c/d-otelkit-abc") {
		t.Error(got)
	}
}

func TestToolsAreFoundInChains(t *testing.T) {
	if findTool([]string{"other", "-x", "/go/pkg/tool/compile", "-V=full"}) != 2 || findTool([]string{"compile"}) != -1 {
		t.Error("the tool was not found, or a bare word was taken for one")
	}
}

func TestImportConfigurationsAreAddedToOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "importcfg")
	os.WriteFile(path, []byte("# import config\nimportmap a=vendor/a\npackagefile vendor/a=/a.a\n"), 0o644)
	config, err := readImportConfig(path)
	if err != nil || !config.has("a") || config.has("b") {
		t.Fatal(config, err)
	}
	patched, err := config.with(map[string]string{"b": "/b.a", "vendor/a": "/other.a"})
	content, _ := os.ReadFile(patched)
	if err != nil || strings.Count(string(content), "packagefile") != 2 || !strings.Contains(string(content), "packagefile b=/b.a\n") {
		t.Error(string(content), err)
	}
}

func TestVetReadsTheFileThatGoHasFromTheOverlay(t *testing.T) {
	config := `{"ID": "p", "GoFiles": ["/m/a.go", "/m/zz_otelkit_weave.go"], "VetxOnly": false}`
	patched, err := withActualFiles([]byte(config), map[string]string{"/m/zz_otelkit_weave.go": "/cache/1.go"})
	if err != nil || !strings.Contains(string(patched), "/cache/1.go") || !strings.Contains(string(patched), `"VetxOnly"`) {
		t.Error(string(patched), err)
	}
	if patched, err := withActualFiles([]byte(config), nil); patched != nil || err != nil {
		t.Error(string(patched), err)
	}
}

func TestMainsOfTestBinariesAreKnownWithCoverageToo(t *testing.T) {
	for name, wanted := range map[string]bool{"_testmain.go": true, "_testmain.cover.go": true, "main.go": false} {
		parsed := parseCompile([]string{"-p", "main", "/w/b001/" + name})
		if isTestMain(&parsed) != wanted {
			t.Error(name)
		}
	}
}

func TestWovenCodeMayBeNewerThanThePackageItIsIn(t *testing.T) {
	for given, wanted := range map[string]string{"-lang=go1.14": "go1.21", "-lang=go1.21": "go1.21", "-lang=go1.26": "go1.26", "-std": ""} {
		parsed := parseCompile([]string{"-p", "old", given, "./a.go"})
		parsed.raiseLanguage()
		if got := parsed.value("-lang"); got != wanted {
			t.Errorf("%s: %s", given, got)
		}
	}
}

func TestTheModuleCacheTellsVersionsThatTheDriverDoesNotKnow(t *testing.T) {
	plan := &state.Plan{Modules: map[string]string{"listed": "v2.0.0"}}
	for _, one := range [][3]string{
		{"listed", "/mod/listed@v1.0.0/a.go", "v2.0.0"}, {"m/p", "/mod/m@v1.40.0/p/a.go", "v1.40.0"}, {"m", "./a.go", ""},
	} {
		if got := moduleVersion(plan, one[0], one[1]); got != one[2] {
			t.Errorf("%s: %s", one[0], got)
		}
	}
}
