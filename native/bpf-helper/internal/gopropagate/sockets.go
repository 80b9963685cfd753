// SPDX-License-Identifier: Apache-2.0

package gopropagate

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

// maxAdopted bounds how many descriptors of a process are looked at.
const maxAdopted = 65536

// AddProcess makes a process one whose requests get headers; it returns how many of its open
// connections were taken over. An error tells that those cannot be: new ones are all the same.
func (p *Propagator) AddProcess(pid int) (int, error) {
	if p.collection == nil {
		return 0, nil
	}
	if err := p.collection.Maps["propagate_processes"].Put(uint32(pid), uint32(1)); err != nil {
		return 0, fmt.Errorf("process %d: %w", pid, err)
	}
	p.processes[pid] = true
	if p.mechanism != SendTime {
		return 0, nil
	}
	return adopt(pid, p.collection.Maps["sockets"])
}

// RemoveProcess ends that. Connections stay joined until they are closed, which costs nothing.
func (p *Propagator) RemoveProcess(pid int) {
	if p.collection != nil && p.processes[pid] {
		delete(p.processes, pid)
		_ = p.collection.Maps["propagate_processes"].Delete(uint32(pid))
	}
}

// connection is a TCP socket of the process, by a descriptor of ours.
type connection struct {
	fd        int
	cookie    uint64
	localPort int
}

// adopt joins the connections that a process has made already: copies of its descriptors are taken
// (pidfd_getfd, Linux 5.6), looked at, and closed again.
func adopt(pid int, sockets *ebpf.Map) (int, error) {
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return 0, fmt.Errorf("process %d: %w", pid, err)
	}
	defer unix.Close(process)
	var open []connection
	listening := map[int]bool{}
	defer func() {
		for _, c := range open {
			_ = unix.Close(c.fd)
		}
	}()
	numbers, err := socketDescriptors(pid)
	if err != nil {
		return 0, err
	}
	for _, number := range numbers {
		fd, err := unix.PidfdGetfd(process, number, 0)
		if errors.Is(err, unix.EPERM) {
			return 0, fmt.Errorf("connections that process %d has open already: %w", pid, err)
		}
		if err != nil {
			continue
		}
		c, listens, ok := inspect(fd)
		if !ok {
			_ = unix.Close(fd)
			continue
		}
		if listens {
			listening[c.localPort] = true
		}
		open = append(open, c)
	}
	joined := 0
	for _, c := range open {
		// Accepted connections have the port of what accepted them: a server's.
		if listening[c.localPort] {
			continue
		}
		if sockets.Update(c.cookie, uint32(c.fd), ebpf.UpdateNoExist) == nil {
			joined++
		}
	}
	return joined, nil
}

// socketDescriptors lists a process's descriptors that are sockets.
func socketDescriptors(pid int) ([]int, error) {
	folder := "/proc/" + strconv.Itoa(pid) + "/fd"
	directory, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	defer directory.Close()
	names, _ := directory.Readdirnames(maxAdopted)
	var numbers []int
	for _, name := range names {
		target, err := os.Readlink(folder + "/" + name)
		number, bad := strconv.Atoi(name)
		if err == nil && bad == nil && strings.HasPrefix(target, "socket:") {
			numbers = append(numbers, number)
		}
	}
	return numbers, nil
}

// inspect tells whether a descriptor is a TCP socket that is connected or listens.
func inspect(fd int) (c connection, listens, ok bool) {
	protocol, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	if err != nil || protocol != unix.IPPROTO_TCP {
		return c, false, false
	}
	local, err := unix.Getsockname(fd)
	if err != nil {
		return c, false, false
	}
	c.fd = fd
	switch address := local.(type) {
	case *unix.SockaddrInet4:
		c.localPort = address.Port
	case *unix.SockaddrInet6:
		c.localPort = address.Port
	default:
		return c, false, false
	}
	accepts, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if err == nil && accepts != 0 {
		return c, true, true
	}
	if _, err := unix.Getpeername(fd); err != nil {
		return c, false, false
	}
	// Asking for it also gives the socket one.
	c.cookie, err = unix.GetsockoptUint64(fd, unix.SOL_SOCKET, unix.SO_COOKIE)
	return c, false, err == nil
}
