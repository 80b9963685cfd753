// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	colprofiles "go.opentelemetry.io/proto/otlp/collector/profiles/v1development"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// behaviour is one line of JSON on standard input; it holds until the next one.
type behaviour struct {
	Code     uint32 `json:"code"`
	Message  string `json:"message"`
	RetryMs  *int64 `json:"retryMs"`
	DelayMs  int64  `json:"delayMs"`
	Rejected int64  `json:"rejected"`
	Times    int    `json:"times"` // how many calls it holds for; 0: all
}

type receiver struct {
	colprofiles.UnimplementedProfilesServiceServer
	mu  sync.Mutex
	now behaviour
	out *json.Encoder
}

func (r *receiver) take() behaviour {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.now
	if r.now.Times > 0 {
		if r.now.Times--; r.now.Times == 0 {
			r.now = behaviour{}
		}
	}
	return b
}

func (r *receiver) say(line map[string]any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.Encode(line)
}

func (r *receiver) Export(ctx context.Context, req *colprofiles.ExportProfilesServiceRequest) (*colprofiles.ExportProfilesServiceResponse, error) {
	b := r.take()
	samples := 0
	scope := ""
	for _, rp := range req.ResourceProfiles {
		for _, sp := range rp.ScopeProfiles {
			scope = sp.Scope.GetVersion()
			for _, p := range sp.Profiles {
				for _, s := range p.Samples {
					samples += len(s.TimestampsUnixNano)
				}
			}
		}
	}
	md, _ := metadata.FromIncomingContext(ctx)
	time.Sleep(time.Duration(b.DelayMs) * time.Millisecond)
	r.say(map[string]any{"samples": samples, "scopeVersion": scope, "metadata": md, "code": b.Code})
	if b.Code != 0 {
		st := status.New(codes.Code(b.Code), b.Message)
		if b.RetryMs != nil {
			st, _ = st.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Duration(*b.RetryMs) * time.Millisecond)})
		}
		return nil, st.Err()
	}
	if b.Rejected > 0 || b.Message != "" {
		partial := &colprofiles.ExportProfilesPartialSuccess{RejectedProfiles: b.Rejected, ErrorMessage: b.Message}
		return &colprofiles.ExportProfilesServiceResponse{PartialSuccess: partial}, nil
	}
	return &colprofiles.ExportProfilesServiceResponse{}, nil
}

func serve(args []string) {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	address := flags.String("listen", "127.0.0.1:0", "")
	cert := flags.String("cert", "", "")
	key := flags.String("key", "", "")
	clientCA := flags.String("client-ca", "", "")
	maxAgeMs := flags.Int("max-age-ms", 0, "")
	maxTLS := flags.Uint("max-tls", 0, "")
	flags.Parse(args)
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		fail(err)
	}
	options := []grpc.ServerOption{}
	if *cert != "" {
		options = append(options, grpc.Creds(credentials.NewTLS(tlsConfig(*cert, *key, *clientCA, uint16(*maxTLS)))))
	}
	if *maxAgeMs > 0 {
		age := time.Duration(*maxAgeMs) * time.Millisecond
		options = append(options, grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionAge: age}))
	}
	r := &receiver{out: json.NewEncoder(os.Stdout)}
	server := grpc.NewServer(options...)
	colprofiles.RegisterProfilesServiceServer(server, r)
	go server.Serve(listener)
	r.say(map[string]any{"port": listener.Addr().(*net.TCPAddr).Port})
	// Ends with its standard input, so that nothing is left running whatever becomes of the test.
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var b behaviour
		if err := json.Unmarshal(lines.Bytes(), &b); err != nil {
			fail(err)
		}
		r.mu.Lock()
		r.now = b
		r.mu.Unlock()
		r.say(map[string]any{"told": true})
	}
	server.Stop()
}

func tlsConfig(cert, key, clientCA string, maxVersion uint16) *tls.Config {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		fail(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MaxVersion: maxVersion}
	if maxVersion != 0 && maxVersion < tls.VersionTLS12 {
		config.MinVersion = maxVersion
	}
	if clientCA != "" {
		pem, err := os.ReadFile(clientCA)
		if err != nil {
			fail(err)
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(pem) {
			fail(fmt.Errorf("%s holds no certificate", clientCA))
		}
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config
}
