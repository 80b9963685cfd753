// SPDX-License-Identifier: Apache-2.0

package drive

import (
	"strings"
	"testing"
)

func TestToolchainsThatAreNotKnownAreRefused(t *testing.T) {
	for version, isKnown := range map[string]bool{
		"go1.21.13": false, "go1.22.0": true, "go1.26.8": true, "go1.27rc2": true, "go1.27.4": true,
		"go1.28.0": false, "devel go1.28-abcdef": true,
	} {
		err := supported(version)
		if (err == nil) != isKnown || (err != nil && !strings.Contains(err.Error(), version+" is not supported")) {
			t.Errorf("%s: %v", version, err)
		}
	}
}
