// SPDX-License-Identifier: Apache-2.0

// load is a closed loop of connections that stay open; it prints what it saw as JSON.
//
//	load ADDRESS PATH CONNECTIONS SECONDS
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"
)

func main() {
	connections, _ := strconv.Atoi(os.Args[3])
	seconds, _ := strconv.ParseFloat(os.Args[4], 64)
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	begun := time.Now()
	var all []time.Duration
	bad := 0
	var mutex sync.Mutex
	var asking sync.WaitGroup
	for range connections {
		asking.Add(1)
		go func() {
			defer asking.Done()
			times, failed := ask(os.Args[1], os.Args[2], end)
			mutex.Lock()
			defer mutex.Unlock()
			all, bad = append(all, times...), bad+failed
		}()
	}
	asking.Wait()
	took := time.Since(begun).Seconds()
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	at := func(share float64) float64 {
		if len(all) == 0 {
			return 0
		}
		return float64(all[int(share*float64(len(all)-1))].Nanoseconds()) / 1000
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"requests": len(all), "bad": bad, "rps": float64(len(all)) / took, "p50Us": at(0.5), "p99Us": at(0.99),
		"cpuUs": (usage.Utime.Nano() + usage.Stime.Nano()) / 1000,
	})
}

func ask(address, path string, end time.Time) (times []time.Duration, bad int) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return nil, 1
	}
	defer connection.Close()
	in := bufio.NewReader(connection)
	request := []byte(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: load/1\r\n\r\n", path, address))
	for {
		begun := time.Now()
		if begun.After(end) {
			return times, bad
		}
		_ = connection.SetDeadline(begun.Add(10 * time.Second))
		if _, err := connection.Write(request); err != nil {
			return times, bad + 1
		}
		status, err := answer(in)
		if err != nil {
			return times, bad + 1
		}
		if status != 200 {
			bad++
		}
		times = append(times, time.Since(begun))
	}
}

func answer(in *bufio.Reader) (status int, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil || len(line) < 12 {
		return 0, fmt.Errorf("no answer: %w", err)
	}
	status, _ = strconv.Atoi(string(line[9:12]))
	length := 0
	for {
		header, err := in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(header) <= 2 {
			break
		}
		if value, is := bytes.CutPrefix(header, []byte("Content-Length: ")); is {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
	}
	_, err = in.Discard(length)
	return status, err
}
