// SPDX-License-Identifier: Apache-2.0

// The program whose requests get headers: workers that each send a number of requests from one
// goroutine, whose number they tell first, and check what comes back.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	url       = flag.String("url", "", "")
	workers   = flag.Int("workers", 1, "")
	requests  = flag.Int("requests", 100, "")
	body      = flag.Int("body", 0, "bytes of a request's body")
	vary      = flag.Bool("vary", false, "bodies and headers of random lengths up to those")
	header    = flag.Int("header", 0, "bytes of one more header")
	chunked   = flag.Bool("chunked", false, "")
	file      = flag.Bool("file", false, "send the body from a file (sendfile)")
	own       = flag.Bool("own", false, "set Traceparent")
	closing   = flag.Bool("close", false, "a connection for each request")
	expect    = flag.Bool("expect", false, "Expect: 100-continue")
	h2        = flag.Bool("h2", false, "cleartext HTTP/2")
	h2tls     = flag.Bool("h2tls", false, "HTTP/2 over TLS")
	sndbuf    = flag.Int("sndbuf", 0, "SO_SNDBUF")
	lowat     = flag.Int("lowat", 0, "TCP_NOTSENT_LOWAT")
	mss       = flag.Int("mss", 0, "TCP_MAXSEG")
	warm      = flag.Bool("warm", false, "open the connections before going on")
	network   = flag.String("unix", "", "path of a unix socket")
	transport *http.Transport
)

func goid() string {
	var text [64]byte
	n := runtime.Stack(text[:], false)
	return strings.Fields(string(text[:n]))[1]
}

func control(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		if *sndbuf > 0 {
			syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF, *sndbuf)
		}
		if *lowat > 0 {
			syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, 25, *lowat)
		}
		if *mss > 0 {
			syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, *mss)
		}
	})
}

func newTransport() *http.Transport {
	dialer := &net.Dialer{Control: control}
	t := &http.Transport{
		MaxIdleConnsPerHost: *workers, DisableKeepAlives: *closing,
		ExpectContinueTimeout: 5 * time.Second, DialContext: dialer.DialContext,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: *h2tls,
	}
	if *network != "" {
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", *network)
		}
	}
	if *h2 {
		cleartext(t)
	}
	return t
}

func size(random *rand.Rand, most int) int {
	if *vary && most > 0 {
		return random.Intn(most + 1)
	}
	return most
}

func send(client *http.Client, random *rand.Rand, id string) error {
	content := make([]byte, size(random, *body))
	random.Read(content)
	sum := sha256.Sum256(content)
	var reader io.Reader = bytes.NewReader(content)
	method := http.MethodPost
	switch {
	case *body == 0:
		reader, method = nil, http.MethodGet
	case *file:
		f, err := os.CreateTemp("", "body")
		if err != nil {
			return err
		}
		defer f.Close()
		os.Remove(f.Name())
		f.Write(content)
		f.Seek(0, io.SeekStart)
		reader = f
	case *chunked:
		reader = struct{ io.Reader }{reader}
	}
	request, err := http.NewRequest(method, *url, reader)
	if err != nil {
		return err
	}
	if *file {
		request.ContentLength = int64(len(content))
	}
	request.Header.Set("X-Goid", id)
	request.Header.Set("X-Sum", hex.EncodeToString(sum[:]))
	if n := size(random, *header); n > 0 {
		request.Header.Set("Y-Long", strings.Repeat("y", n))
	}
	if *own {
		request.Header.Set("Traceparent", "00-11111111111111111111111111111111-2222222222222222-01")
	}
	if *expect {
		request.Header.Set("Expect", "100-continue")
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != 200 || string(answer) != "ok "+id {
		return fmt.Errorf("%d %.60q", response.StatusCode, answer)
	}
	return nil
}

func main() {
	flag.Parse()
	transport = newTransport()
	client := &http.Client{Transport: transport, Timeout: 60 * time.Second}
	begin := make(chan struct{})
	var failures atomic.Int64
	var told, done sync.WaitGroup
	told.Add(*workers)
	done.Add(*workers)
	var output sync.Mutex
	for w := range *workers {
		go func() {
			defer done.Done()
			id := goid()
			random := rand.New(rand.NewSource(int64(w)))
			if *warm {
				if err := send(client, random, "0"); err != nil {
					fmt.Fprintln(os.Stderr, "warm:", err)
				}
			}
			output.Lock()
			fmt.Println("goid", id)
			output.Unlock()
			told.Done()
			<-begin
			for range *requests {
				if err := send(client, random, id); err != nil {
					if failures.Add(1) < 5 {
						fmt.Fprintln(os.Stderr, err)
					}
				}
			}
		}()
	}
	told.Wait()
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadString('\n')
	started := time.Now()
	var before, after syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	close(begin)
	done.Wait()
	syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	cpu := time.Duration(after.Utime.Nano() + after.Stime.Nano() -
		before.Utime.Nano() - before.Stime.Nano())
	fmt.Println("failures", failures.Load())
	fmt.Println("wallUs", strconv.FormatInt(time.Since(started).Microseconds(), 10))
	fmt.Println("cpuUs", strconv.FormatInt(cpu.Microseconds(), 10))
}
