// SPDX-License-Identifier: Apache-2.0

// The gRPC client whose calls get headers, or (-serve) the server that they are sent to, which
// answers with what it got.
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

var (
	address  = flag.String("address", "", "")
	serve    = flag.Bool("serve", false, "")
	workers  = flag.Int("workers", 1, "")
	requests = flag.Int("requests", 100, "")
	body     = flag.Int("body", 10, "bytes of a message")
	stream   = flag.Bool("stream", false, "")
	own      = flag.Bool("own", false, "set traceparent")
	metas    = flag.Int("metas", 0, "bytes of one more header")
)

// raw is a codec for bytes as they are.
type raw struct{}

func (raw) Name() string                       { return "raw" }
func (raw) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error { *v.(*[]byte) = bytes.Clone(data); return nil }

func goid() string {
	var text [64]byte
	n := runtime.Stack(text[:], false)
	return strings.Fields(string(text[:n]))[1]
}

// answer tells the headers that came, and sends the message back.
func answer(_ any, s grpc.ServerStream) error {
	md, _ := metadata.FromIncomingContext(s.Context())
	head := []byte(strings.Join(md.Get("traceparent"), ",") + ";")
	for {
		var message []byte
		if err := s.RecvMsg(&message); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		reply := append(bytes.Clone(head), message...)
		if err := s.SendMsg(&reply); err != nil {
			return err
		}
	}
}

func server() {
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		panic(err)
	}
	fmt.Println("listening", listener.Addr())
	s := grpc.NewServer(grpc.ForceServerCodec(raw{}), grpc.UnknownServiceHandler(answer))
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	panic(s.Serve(listener))
}

func call(connection *grpc.ClientConn, message []byte) ([][]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if *own {
		ctx = metadata.AppendToOutgoingContext(ctx, "traceparent",
			"00-11111111111111111111111111111111-2222222222222222-01")
	}
	if *metas > 0 {
		ctx = metadata.AppendToOutgoingContext(ctx, "y-long", strings.Repeat("y", *metas))
	}
	if !*stream {
		var reply []byte
		err := connection.Invoke(ctx, "/test.Echo/Unary", &message, &reply)
		return [][]byte{reply}, err
	}
	s, err := connection.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
		"/test.Echo/Stream")
	if err != nil {
		return nil, err
	}
	var replies [][]byte
	for range 3 {
		var reply []byte
		if err := s.SendMsg(&message); err != nil {
			return nil, err
		}
		if err := s.RecvMsg(&reply); err != nil {
			return nil, err
		}
		replies = append(replies, reply)
	}
	s.CloseSend()
	var reply []byte
	if err := s.RecvMsg(&reply); err != io.EOF {
		return nil, fmt.Errorf("after the end: %v", err)
	}
	return replies, nil
}

func main() {
	flag.Parse()
	if *serve {
		server()
	}
	connection, err := grpc.NewClient(*address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{})))
	if err != nil {
		panic(err)
	}
	begin := make(chan struct{})
	var failures atomic.Int64
	var told, done sync.WaitGroup
	var output sync.Mutex
	told.Add(*workers)
	done.Add(*workers)
	counts := map[string]int{}
	for range *workers {
		go func() {
			defer done.Done()
			id := goid()
			output.Lock()
			fmt.Println("goid", id)
			output.Unlock()
			told.Done()
			<-begin
			message := bytes.Repeat([]byte(id+" "), 1+*body/(len(id)+1))
			for range *requests {
				replies, err := call(connection, message)
				if err != nil {
					if failures.Add(1) < 5 {
						fmt.Fprintln(os.Stderr, err)
					}
					continue
				}
				output.Lock()
				for _, reply := range replies {
					head, rest, _ := bytes.Cut(reply, []byte(";"))
					if !bytes.Equal(rest, message) {
						failures.Add(1)
					}
					counts[id+" "+string(head)]++
				}
				output.Unlock()
			}
		}()
	}
	told.Wait()
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadString('\n')
	close(begin)
	done.Wait()
	for key, n := range counts {
		fmt.Println("got", key, n)
	}
	fmt.Println("failures", failures.Load())
}
