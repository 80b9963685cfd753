// SPDX-License-Identifier: Apache-2.0

package procfs

import (
	"os"
	"strings"
	"testing"
)

func TestMapsLines(t *testing.T) {
	const text = `00400000-00401000 r--p 00000000 08:01 42                         /bin/a
00401000-00402000 r-xp 00001000 08:01 42                         /bin/a
7f00000000-7f00001000 rwxp 00000000 00:00 0
7f00002000-7f00003000 --xp 00000000 fe:12 99                     /tmp/with space (deleted)
7f00004000-7f00005000 r-xp 00000000 fe:12 99                     /tmp/new\012line
7ffd0000-7ffd2000 r-xp 00000000 00:00 0                          [vdso]
nonsense
00500000-00400000 r-xp 00000000 08:01 42                         /bin/backwards
zz-00400000 r-xp 00000000 08:01 42                               /bin/nohex
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0          [vsyscall]
`
	mappings, err := parseMaps(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []Mapping{
		{0x401000, 0x402000, 0x1000, 8, 1, 42, "/bin/a"},
		{0x7f00000000, 0x7f00001000, 0, 0, 0, 0, ""},
		{0x7f00002000, 0x7f00003000, 0, 0xfe, 0x12, 99, "/tmp/with space (deleted)"},
		{0x7f00004000, 0x7f00005000, 0, 0xfe, 0x12, 99, "/tmp/new\nline"},
		{0x7ffd0000, 0x7ffd2000, 0, 0, 0, 0, "[vdso]"},
		{0xffffffffff600000, 0xffffffffff601000, 0, 0, 0, 0, "[vsyscall]"},
	}
	if len(mappings) != len(want) {
		t.Fatalf("%+v", mappings)
	}
	for i, m := range mappings {
		if m != want[i] {
			t.Errorf("%+v, expected %+v", m, want[i])
		}
	}
}

func FuzzMapsLine(f *testing.F) {
	f.Add([]byte("00401000-00402000 r-xp 00001000 08:01 42     /bin/a"))
	f.Fuzz(func(t *testing.T, line []byte) {
		if m, ok := parseMapsLine(line); ok && m.End <= m.Start {
			t.Fatalf("%+v", m)
		}
	})
}

func TestOurselves(t *testing.T) {
	pid := uint32(os.Getpid())
	mappings, err := ExecutableMappings(pid)
	if err != nil || len(mappings) == 0 {
		t.Fatalf("%d mappings, %v", len(mappings), err)
	}
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if ExecutablePath(pid) != own {
		t.Errorf("executable %q, expected %q", ExecutablePath(pid), own)
	}
	status, err := ReadStatus(pid)
	if err != nil || status.PPID != uint32(os.Getppid()) || status.Threads < 1 || status.Kernel {
		t.Errorf("%+v, %v", status, err)
	}
	if !strings.HasPrefix(Cgroup(pid), "/") {
		t.Errorf("cgroup %q", Cgroup(pid))
	}
	pids, err := PIDs()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, p := range pids {
		found = found || p == pid
	}
	if !found {
		t.Error("we are not among the processes")
	}
}

func TestCgroups(t *testing.T) {
	for text, want := range map[string]string{
		"0::/system.slice/a.service\n": "/system.slice/a.service",
		"0::/\n":                       "/",
		"12:pids:/docker/abc\n1:name=systemd:/docker/abc\n0::/\n": "/docker/abc",
		"4:memory:/\n0::/kube/pod\n":                              "/kube/pod",
		"nonsense":                                                "/",
		"0::/with:colon\n":                                        "/with:colon",
	} {
		if got := cgroupOf(text); got != want {
			t.Errorf("%q: %q, expected %q", text, got, want)
		}
	}
}

func TestAProcessThatIsNotThere(t *testing.T) {
	const nobody = 1 << 30
	if _, err := ReadStatus(nobody); err == nil {
		t.Error("it has a status")
	}
	if ExecutablePath(nobody) != "" || Cgroup(nobody) != "" || HasOtherThreads(nobody) {
		t.Error("it has an executable, a cgroup or threads")
	}
}
