// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"otelkit.dev/go/trace"
)

// Version is that of the runtime module.
const Version = "0.1.0"

// Resource encodes the Resource message (attributes 1): OTEL_RESOURCE_ATTRIBUTES before what is
// detected, OTEL_SERVICE_NAME before all.
func Resource(getenv func(string) string) []byte {
	exe, _ := os.Executable()
	name := filepath.Base(exe)
	pairs := []trace.KeyValue{
		{Key: "service.name", Value: trace.String("unknown_service:" + name)},
		{Key: "service.instance.id", Value: trace.String(newUUID())},
		{Key: "telemetry.sdk.name", Value: trace.String("otelkit")},
		{Key: "telemetry.sdk.language", Value: trace.String("go")},
		{Key: "telemetry.sdk.version", Value: trace.String(Version)},
		{Key: "telemetry.distro.name", Value: trace.String("otelkit-go-build")},
		{Key: "process.pid", Value: trace.Int(int64(os.Getpid()))},
		{Key: "process.executable.name", Value: trace.String(name)},
		{Key: "process.executable.path", Value: trace.String(exe)},
		{Key: "process.runtime.name", Value: trace.String("go")},
		{Key: "process.runtime.version", Value: trace.String(runtime.Version())},
		{Key: "os.type", Value: trace.String(runtime.GOOS)},
		{Key: "host.arch", Value: trace.String(runtime.GOARCH)},
	}
	if host, err := os.Hostname(); err == nil {
		pairs = append(pairs, trace.KeyValue{Key: "host.name", Value: trace.String(host)})
	}
	for _, part := range strings.Split(getenv("OTEL_RESOURCE_ATTRIBUTES"), ",") {
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		if plain, err := url.PathUnescape(strings.TrimSpace(value)); err == nil {
			pairs = put(pairs, strings.TrimSpace(key), plain)
		}
	}
	if v := strings.TrimSpace(getenv("OTEL_SERVICE_NAME")); v != "" {
		pairs = put(pairs, "service.name", v)
	}
	var out []byte
	for _, p := range pairs {
		out = trace.AppendKeyValue(out, 1, p.Key, p.Value)
	}
	return out
}

func put(pairs []trace.KeyValue, key, value string) []trace.KeyValue {
	for i := range pairs {
		if pairs[i].Key == key {
			pairs[i].Value = trace.String(value)
			return pairs
		}
	}
	return append(pairs, trace.KeyValue{Key: key, Value: trace.String(value)})
}

// newUUID is a random UUID (RFC 9562 §5.4), as service.instance.id should be.
func newUUID() string {
	a, b := rand.Uint64(), rand.Uint64()
	a = a&^0xf000 | 0x4000
	b = b&^(3<<62) | 2<<62
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&(1<<48-1))
}
