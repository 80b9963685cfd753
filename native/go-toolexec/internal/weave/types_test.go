// SPDX-License-Identifier: Apache-2.0

package weave

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"otelkit/go-toolexec/internal/aspect"
)

// newer is an archive with export data of a Go that is not out yet: version 255 of its format.
func newer() string {
	data := "go object linux amd64 go1.99 X:none\n\n$$B\nu\xff\x00\x00\x00\x00\x00\x00\x00\n$$\n"
	return fmt.Sprintf("!<arch>\n%-16s%-12d%-6d%-6d%-8o%-10d`\n%s", "__.PKGDEF", 0, 0, 0, 0o644, len(data), data)
}

const usesTime = `package p

import "time"

type own struct{}

func (own) Round(int) {}

func f(t time.Time) {
	t.Round(0)
	own{}.Round(0)
}
`

func weaveMethodCall(t *testing.T, receiver string, builtIn bool) (*Result, error) {
	t.Helper()
	aspects, problems := aspect.Parse("a.yml", []byte(one("method-call: {receiver: "+receiver+", name: Round}",
		`wrap-expression: "({{ . }})"`)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	aspects[0].BuiltIn = builtIn
	return Package(&Options{ImportPath: "example.com/p", Aspects: aspects,
		Files: []File{{"p.go", "/src/p.go", []byte(usesTime)}},
		Open:  func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(newer())), nil }})
}

func TestExportDataOfANewerGo(t *testing.T) {
	t.Run("types of the package itself are known all the same", func(t *testing.T) {
		result, err := weaveMethodCall(t, "example.com/p.own", false)
		if err != nil || len(result.Matches) != 1 || result.Matches[0].Line != 11 {
			t.Error(err, result)
		}
	})
	t.Run("an aspect about imported types fails and says why", func(t *testing.T) {
		_, err := weaveMethodCall(t, "time.Time", false)
		if err == nil || !strings.Contains(err.Error(), "a.yml:3: aspect a: ") || !strings.Contains(err.Error(), "types of time") {
			t.Error(err)
		}
	})
	t.Run("a built-in one goes by the name", func(t *testing.T) {
		result, err := weaveMethodCall(t, "time.Time", true)
		if err != nil || len(result.Matches) != 1 || result.Matches[0].Line != 10 {
			t.Error(err, result)
		}
	})
}
