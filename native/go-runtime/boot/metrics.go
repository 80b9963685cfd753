// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"context"
	"os"
	"sync"
	"time"

	"otelkit.dev/go/metrics"
	"otelkit.dev/go/otlp"
	"otelkit.dev/go/trace"
)

const (
	defaultMetricInterval = 60 * time.Second
	defaultMetricTimeout  = 30 * time.Second
)

// measurer exports metrics periodically ("Periodic exporting MetricReader").
type measurer struct {
	client            *otlp.Client
	console           bool
	interval, timeout time.Duration
	sync.Mutex
	reader *metrics.Reader
	said   time.Time
}

var measuring *measurer

// startMetrics follows OTEL_METRICS_EXPORTER, OTEL_METRIC_EXPORT_INTERVAL and …_TIMEOUT.
func startMetrics(getenv func(string) string, resource []byte) (say []string) {
	m := &measurer{
		interval: milliseconds(getenv("OTEL_METRIC_EXPORT_INTERVAL"), defaultMetricInterval),
		timeout:  milliseconds(getenv("OTEL_METRIC_EXPORT_TIMEOUT"), defaultMetricTimeout),
	}
	switch name := getenv("OTEL_METRICS_EXPORTER"); name {
	case "none":
		return nil
	case "console":
		m.console = true
	case "", "otlp":
		client, notes, err := otlp.New("metrics", getenv)
		say = notes
		if err != nil {
			return append(say, err.Error()+"; no metrics are exported")
		}
		m.client = client
	default:
		return []string{"OTEL_METRICS_EXPORTER=" + name + ": not supported; no metrics are exported"}
	}
	m.reader = metrics.NewReader(resource, schemaURL, getenv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"))
	trace.SetMeasuring(true)
	measuring = m
	go m.run()
	return say
}

func (m *measurer) run() {
	for range time.Tick(m.interval) {
		ctx, cancel := context.WithTimeout(context.Background(), m.timeout)
		m.export(ctx)
		cancel()
	}
}

func (m *measurer) export(ctx context.Context) {
	m.Lock()
	defer m.Unlock()
	message := m.reader.Collect()
	if m.console {
		otlp.WriteMetrics(os.Stdout, message)
		return
	}
	if err := m.client.Post(ctx, message); err != nil && time.Since(m.said) > complainEvery {
		m.said = time.Now()
		complain("metrics are not accepted: " + err.Error())
	}
}
