// SPDX-License-Identifier: Apache-2.0

package features

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"
)

func TestKernelsThatMayFreeze(t *testing.T) {
	for release, want := range map[string]bool{
		"5.18.19": false, "5.19.0-rc1": true, "5.19": true, "6.0.1": true, "6.1.0-18-amd64": true,
		"6.3.13": true, "6.4.0": false, "6.18.44-fc": false, "5.10.0": false, "7.2.0": false,
		"nonsense": false, "": false, "6.x": false, "6.2-generic": true,
	} {
		if got := mayFreeze(release); got != want {
			t.Errorf("%s: %v", release, got)
		}
	}
}

func TestCallsAreFoundInCode(t *testing.T) {
	var address, target uint64 = 0xffffffff81000000, 0xffffffff80fff000
	amd64 := make([]byte, 64)
	amd64[17] = 0xe8
	back := int64(target) - int64(address+17+5)
	binary.LittleEndian.PutUint32(amd64[18:], uint32(int32(back)))
	if !calls("amd64", amd64, address, target) || calls("amd64", amd64, address, target+1) {
		t.Error("amd64")
	}
	arm64 := make([]byte, 64)
	words := (int64(target) - int64(address+16)) / 4
	binary.LittleEndian.PutUint32(arm64[16:], 0x94000000|uint32(words)&0x3ffffff)
	if !calls("arm64", arm64, address, target) || calls("arm64", arm64, address, target+4) {
		t.Error("arm64")
	}
	if !calls("unheard-of", nil, address, target) {
		t.Error("a machine that is not known was found to be safe")
	}
}

func TestSymbolsOfTheKernel(t *testing.T) {
	const text = "ffffffff81000000 T _stext\nffffffff81000010 t copy_from_user_nofault\t[mod]\n" +
		"ffffffff81000020 T copy_from_user_nofault\nshort\n"
	found, err := findSymbols(strings.NewReader(text), []string{copyFunction, checkFunction})
	if err != nil || found[copyFunction] != 0xffffffff81000020 || found[checkFunction] != 0 {
		t.Errorf("%x, %v", found, err)
	}
	const hidden = "0000000000000000 T copy_from_user_nofault\n"
	if _, err := findSymbols(strings.NewReader(hidden), []string{copyFunction}); err == nil {
		t.Error("hidden addresses were taken")
	}
}

// The very way that decides on an affected kernel, on this one.
func TestTheKernelsOwnCodeCanBeRead(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("skip: reads kernel memory, run as root")
	}
	addresses, err := kernelAddresses(copyFunction, checkFunction)
	if err != nil {
		t.Skipf("skip: %v", err)
	}
	code, err := readKernel(addresses[copyFunction])
	if err != nil {
		t.Skipf("skip: this kernel's memory cannot be read: %v", err)
	}
	if len(code) != codeBytes {
		t.Errorf("%d bytes", len(code))
	}
}

func TestLockdownIsTheWordInBrackets(t *testing.T) {
	for text, want := range map[string]string{
		"none [integrity] confidentiality\n": "integrity", "[none] integrity": "none",
		"": "unknown", "none [": "unknown",
	} {
		if got := chosen(text); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func TestTheReportHasALineForEverything(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("skip: loads BPF programs, run as root")
	}
	report := Probe()
	for _, name := range []string{
		"kernel", "lockdown", "capabilities", "btf", "ringBuffer", "bpfLoop", "mmapableArrays",
		"perfEvent", "rawTracepoint", "uprobes", "hardwareCycles", "cpuClock", "taskRecords", "freeze",
		"bpfJit", "unprivilegedBpf", "perfParanoid", "initialPidNamespace", "programs", "tracefs",
	} {
		value, there := report[name]
		if !there {
			t.Errorf("%s is missing", name)
		}
		if finding, is := value.(Finding); is && !finding.Available && finding.Detail == "" {
			t.Errorf("%s is not available, and nothing says why", name)
		}
	}
}
