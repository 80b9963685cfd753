// SPDX-License-Identifier: Apache-2.0

package tool

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"otelkit/go-toolexec/internal/state"
)

// vet tells the vet tool where the files of imports really are: go before 1.23 names it files as
// if there was no overlay (cmd/go, buildVetConfig).
func vet(args []string) int {
	plan, err := state.Load()
	if err != nil {
		return fail(err)
	}
	last := &args[len(args)-1]
	content, err := os.ReadFile(*last)
	if err != nil {
		return become(args) // the tool says so
	}
	patched, err := withActualFiles(content, plan.Added)
	if err != nil {
		return fail(fmt.Errorf("%s: %w", *last, err))
	}
	if patched != nil {
		*last = filepath.Join(filepath.Dir(*last), "otelkit-vet.cfg")
		if err := os.WriteFile(*last, patched, 0o666); err != nil {
			return fail(err)
		}
	}
	return become(args)
}

// withActualFiles gives nil where nothing needs to change.
func withActualFiles(content []byte, added map[string]string) ([]byte, error) {
	var config map[string]json.RawMessage
	var files []string
	if err := json.Unmarshal(content, &config); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(config["GoFiles"], &files); err != nil {
		return nil, err
	}
	changed := false
	for i, name := range files {
		if file := added[absolute(name)]; file != "" {
			files[i], changed = file, true
		}
	}
	if !changed {
		return nil, nil
	}
	var err error
	if config["GoFiles"], err = json.Marshal(files); err != nil {
		return nil, err
	}
	return json.MarshalIndent(config, "", "\t")
}
