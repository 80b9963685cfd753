// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"encoding/hex"
	"slices"
	"testing"
)

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sitesOf(t *testing.T, r rule, text string, callees ...uint64) []place {
	t.Helper()
	code, complete := decode(bytesOf(t, text), 0x1000, decodeAMD64)
	if !complete {
		t.Fatalf("%s cannot be decoded", text)
	}
	set := map[uint64]bool{}
	for _, c := range callees {
		set[c] = true
	}
	return find(r, code, set)
}

func TestEntriesAreBehindTheStackCheck(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		want place
	}{
		// cmp 0x10(%r14),%rsp; jbe; push %rbp; mov %rsp,%rbp
		"push": {"493b6610" + "7622" + "55" + "4889e5", place{0x1006, sitePush}},
		// sub $16,%rsp and a store: Go 1.20 saves the frame pointer by mov
		"jbe": {"493b6610" + "7622" + "4883ec18" + "48896c2410", place{0x1004, siteJBE}},
		// a leaf: ret
		"neither": {"90c3", place{0x1000, siteFirst}},
		// a push behind the function's first jump is not on every way
		"late": {"90eb0055", place{0x1000, siteFirst}},
	} {
		if got := sitesOf(t, atEntry, c.code); !slices.Equal(got, []place{c.want}) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestResultsEndAtTheirTest(t *testing.T) {
	// call 0x2000; test %rbx,%rbx; je +1; ret (error); nop; ret (success)
	code := "e8fb0f0000" + "4885db" + "7401" + "c3" + "90" + "c3"
	if got := sitesOf(t, atResult, code, 0x2000); !slices.Equal(got,
		[]place{{0x1008, siteJCC}, {0x100a, siteRET}}) {
		t.Errorf("%v", got)
	}
	// Without the callee every RET is one.
	if got := sitesOf(t, atResult, code); !slices.Equal(got,
		[]place{{0x100a, siteRET}, {0x100c, siteRET}}) {
		t.Errorf("%v", got)
	}
	if got := sitesOf(t, atTest, code, 0x2000); !slices.Equal(got, []place{{0x1008, siteJCC}}) {
		t.Errorf("%v", got)
	}
	// Behind a call nothing needs a probe: its own entry is one.
	if got := sitesOf(t, atReturns, "7406"+"e8f90f0000"+"c3"+"c3", 0x2000); !slices.Equal(got,
		[]place{{0x1008, siteRET}}) {
		t.Errorf("%v", got)
	}
}

func TestClosuresTellWhereTheirErrorIs(t *testing.T) {
	// mov 0x10(%rdx),%rcx; mov 8(%rdx),%rdx; mov (%rdx),%rsi; mov (%rcx),%rax; mov 8(%rcx),%rbx; call *%rsi
	if offset, found := errorCapture(bytesOf(t, "488b4a10"+"488b5208"+"488b32"+"488b01"+"488b5908"+"ffd6")); offset != 0x10 || !found {
		t.Errorf("%#x, %v", offset, found)
	}
	// The second word comes from elsewhere.
	if offset, found := errorCapture(bytesOf(t, "488b4a10"+"488b5208"+"488b01"+"488b5a08"+"ffd6")); found {
		t.Errorf("%#x", offset)
	}
}

func TestVectorInstructionsHaveALength(t *testing.T) {
	for code, want := range map[string]int{
		"c4e2f8f2c1909090":       5, // andn %rcx,%rax,%rax
		"c5f877909090909090":     3, // vzeroupper
		"c5fb10442408909090":     6, // vmovsd 8(%rsp),%xmm0
		"c4e37d39c101909090":     6, // vextracti128 $1,%ymm0,%xmm1
		"62f17c48100500000000":   10,
		"9090909090909090909090": 0,
	} {
		if got := vectorSize(bytesOf(t, code)); got != want {
			t.Errorf("%s: %d", code, got)
		}
	}
}

// Whatever a damaged file holds, decoding ends and sites are inside.
func FuzzSites(f *testing.F) {
	f.Add([]byte{0x49, 0x3b, 0x66, 0x10, 0x76, 0x22, 0x55, 0xc3})
	f.Add([]byte{0xe8, 0xfb, 0x0f, 0, 0, 0x48, 0x85, 0xdb, 0x74, 1, 0xc3, 0xc3})
	f.Fuzz(func(t *testing.T, code []byte) {
		for _, one := range []decoder{decodeAMD64, decodeARM64} {
			decoded, _ := decode(code, 0x1000, one)
			for _, r := range []rule{atEntry, atResult, atReturns, atTest} {
				for _, p := range find(r, decoded, map[uint64]bool{0x2000: true, 0x1000: true}) {
					if p.vaddr < 0x1000 || p.vaddr >= 0x1000+uint64(len(code)) {
						t.Fatalf("a site at %#x of %d bytes", p.vaddr, len(code))
					}
				}
			}
		}
		errorCapture(code)
	})
}

func TestVersionsOfGo(t *testing.T) {
	for version, want := range map[string]int{"go1.26.8": 26, "go1.27rc1": 27, "go1.9": 9} {
		if got := minorVersion(version); got != want {
			t.Errorf("%s: %d", version, got)
		}
	}
	if minorVersion("devel +abc") < 1000 {
		t.Error("a development version counts as old")
	}
}
