// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"os"
	"path/filepath"
	"strings"

	"otelkit/go-toolexec/internal/aspect"
)

func parseConstraint(text string) (aspect.Constraint, error) { return aspect.ParseConstraint(text) }

// deriveWorkspace makes a go.work with the same modules and ours.
func (s *session) deriveWorkspace() error {
	content, err := os.ReadFile(s.goEnv.GOWORK)
	if err != nil {
		return err
	}
	sums := s.goEnv.GOWORK + ".sum"
	s.inputs[s.goEnv.GOWORK], s.inputs[sums] = true, true
	for _, root := range s.roots() {
		s.inputs[filepath.Join(root, "go.mod")], s.inputs[filepath.Join(root, "go.sum")] = true, true
	}
	runtime, err := s.runtimeFor(string(content))
	if err != nil {
		return err
	}
	derived := absoluteUses(string(content), filepath.Dir(s.goEnv.GOWORK)) + "\nuse " + modString(runtime) + "\n"
	sum, _ := os.ReadFile(sums)
	folder, err := s.derivedFolder(filepath.Dir(s.goEnv.GOWORK), derived, string(sum))
	if err != nil {
		return err
	}
	if err := writeOnce(filepath.Join(folder, "go.work.sum"), string(sum)); err != nil {
		return err
	}
	path := filepath.Join(folder, "go.work")
	s.kept = append(s.kept, path)
	s.moduleEnv = map[string]string{"GOWORK": path}
	return writeOnce(path, derived)
}

// absoluteUses rewrites relative folders of use and replace lines, since the file moves.
func absoluteUses(content, base string) string {
	lines := strings.Split(content, "\n")
	block := ""
	for i, line := range lines {
		words := strings.Fields(withoutComment(line))
		switch {
		case len(words) == 0:
		case block != "" && words[0] == ")":
			block = ""
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		case block == "use" || (block == "" && words[0] == "use"):
			last := words[len(words)-1]
			lines[i] = strings.Join(append(words[:len(words)-1], absoluteFolder(last, base)), " ")
		case block == "replace" || (block == "" && words[0] == "replace"):
			last := words[len(words)-1]
			if strings.HasPrefix(last, ".") {
				lines[i] = strings.Join(append(words[:len(words)-1], absoluteFolder(last, base)), " ")
			}
		}
	}
	return strings.Join(lines, "\n")
}

func withoutComment(line string) string {
	if at := strings.Index(line, "//"); at >= 0 {
		return line[:at]
	}
	return line
}

func absoluteFolder(word, base string) string {
	word = strings.Trim(word, "\"`")
	if !filepath.IsAbs(word) {
		word = filepath.Join(base, word)
	}
	return modString(word)
}

// roots gives the folders of the main modules.
func (s *session) roots() []string {
	if s.outside() {
		return []string{s.folder}
	}
	if !s.inWorkspace() {
		return []string{filepath.Dir(s.goEnv.GOMOD)}
	}
	content, err := os.ReadFile(s.goEnv.GOWORK)
	if err != nil {
		return nil
	}
	var roots []string
	block := ""
	for line := range strings.SplitSeq(absoluteUses(string(content), filepath.Dir(s.goEnv.GOWORK)), "\n") {
		words := strings.Fields(withoutComment(line))
		switch {
		case len(words) == 0:
		case block != "" && words[0] == ")":
			block = ""
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		case block == "use", block == "" && words[0] == "use":
			roots = append(roots, strings.Trim(words[len(words)-1], "\"`"))
		}
	}
	return roots
}
