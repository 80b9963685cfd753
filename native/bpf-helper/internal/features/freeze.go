// SPDX-License-Identifier: Apache-2.0

package features

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
)

// From Linux 5.19 on copy_from_user_nofault asked hardened usercopy about its target, which takes a
// lock: in a perf interrupt that can freeze the machine. Linux 6.4 (d319f344561d) took the question
// out again, and so did later releases of older series. So such a kernel is used only where the
// function's own code shows that it does not call __check_object_size.
const (
	copyFunction  = "copy_from_user_nofault"
	checkFunction = "__check_object_size"
	codeBytes     = 512
)

// CheckFreeze tells whether sampling is safe in this respect.
func CheckFreeze() Finding {
	release := kernelRelease()
	if !mayFreeze(release) {
		return Finding{true, "Linux " + release + " does not have it"}
	}
	addresses, err := kernelAddresses(copyFunction, checkFunction)
	if err != nil {
		return Finding{false, "Linux " + release + " may have it: " + err.Error()}
	}
	if addresses[checkFunction] == 0 {
		return Finding{true, "this kernel has no hardened usercopy"}
	}
	code, err := readKernel(addresses[copyFunction])
	if err != nil {
		return Finding{false, "Linux " + release + " may have it: reading its code: " + err.Error()}
	}
	if calls(runtime.GOARCH, code, addresses[copyFunction], addresses[checkFunction]) {
		return Finding{false, "Linux " + release + " freezes: " + copyFunction + " calls " +
			checkFunction + "; update to a kernel with d319f344561d"}
	}
	return Finding{true, "Linux " + release + " has the fix"}
}

// mayFreeze is about 5.19 up to 6.3; what it cannot read it takes for harmless, as all later ones.
func mayFreeze(release string) bool {
	major, rest, _ := strings.Cut(release, ".")
	minor, _, _ := strings.Cut(rest, ".")
	minor = strings.TrimRight(minor[:len(minor)-len(strings.TrimLeft(minor, "0123456789"))], " ")
	first, err1 := strconv.Atoi(major)
	second, err2 := strconv.Atoi(minor)
	if err1 != nil || err2 != nil {
		return false
	}
	return first == 5 && second >= 19 || first == 6 && second < 4
}

func kernelAddresses(names ...string) (map[string]uint64, error) {
	file, err := os.Open("/proc/kallsyms")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return findSymbols(file, names)
}

func findSymbols(in io.Reader, names []string) (map[string]uint64, error) {
	addresses := map[string]uint64{}
	scanner := bufio.NewScanner(in)
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text())
		if len(fields) != 3 {
			continue
		}
		for _, name := range names {
			if fields[2] == name {
				addresses[name], _ = strconv.ParseUint(fields[0], 16, 64)
			}
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, err
	}
	if addresses[names[0]] == 0 {
		return nil, fmt.Errorf("/proc/kallsyms does not tell where %s is (CAP_SYSLOG, "+
			"kernel.kptr_restrict)", names[0])
	}
	return addresses, nil
}

// calls tells whether code at address has a direct call or jump to target.
func calls(machine string, code []byte, address, target uint64) bool {
	switch machine {
	case "amd64":
		// e8 and e9 with a 32-bit displacement; any alignment, which may find too many, not too few.
		for i := 0; i+5 <= len(code); i++ {
			if code[i]&0xfe != 0xe8 {
				continue
			}
			displacement := int32(binary.LittleEndian.Uint32(code[i+1:]))
			if address+uint64(i)+5+uint64(int64(displacement)) == target {
				return true
			}
		}
	case "arm64":
		// b and bl: 26 bits of words.
		for i := 0; i+4 <= len(code); i += 4 {
			word := binary.LittleEndian.Uint32(code[i:])
			if word>>26&0x1f != 0b00101 {
				continue
			}
			displacement := int64(int32(word<<6)>>6) * 4
			if address+uint64(i)+uint64(displacement) == target {
				return true
			}
		}
	default:
		return true
	}
	return false
}

// readKernel reads kernel memory by a program that is run once.
func readKernel(address uint64) ([]byte, error) {
	m, err := ebpf.NewMap(&ebpf.MapSpec{
		Type: ebpf.Array, KeySize: 4, ValueSize: codeBytes, MaxEntries: 1,
	})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	program, err := ebpf.NewProgram(&ebpf.ProgramSpec{
		Type: ebpf.RawTracepoint, License: "GPL",
		Instructions: asm.Instructions{
			asm.StoreImm(asm.RFP, -4, 0, asm.Word),
			asm.LoadMapPtr(asm.R1, m.FD()),
			asm.Mov.Reg(asm.R2, asm.RFP),
			asm.Add.Imm(asm.R2, -4),
			asm.FnMapLookupElem.Call(),
			asm.JEq.Imm(asm.R0, 0, "exit"),
			asm.Mov.Reg(asm.R1, asm.R0),
			asm.Mov.Imm(asm.R2, codeBytes),
			asm.LoadImm(asm.R3, int64(address), asm.DWord),
			asm.FnProbeReadKernel.Call(),
			asm.Mov.Imm(asm.R0, 0),
			asm.Return().WithSymbol("exit"),
		},
	})
	if err != nil {
		return nil, err
	}
	defer program.Close()
	if _, err := program.Run(&ebpf.RunOptions{}); err != nil {
		return nil, err
	}
	code, err := m.LookupBytes(uint32(0))
	if err != nil {
		return nil, err
	}
	for _, b := range code {
		if b != 0 {
			return code, nil
		}
	}
	return nil, errors.New("the kernel does not let its memory be read")
}
