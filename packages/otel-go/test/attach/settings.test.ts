// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { FlagValues } from '@otelkit/cli-kit';
import { chooseExporters, otlpSettings } from '../../src/attach/exporters.ts';
import { type AttachSettings, attachSettings } from '../../src/attach/settings.ts';
import type { AttachFlags } from '../../src/attach/spec.ts';

const FLAGS = { pid: [], exe: [], port: [], container: [], exclude: [] };

function settings(
  flags: Partial<FlagValues<AttachFlags>>,
  env: Record<string, string> = {},
): AttachSettings {
  return attachSettings({ ...FLAGS, ...flags } as unknown as FlagValues<AttachFlags>, env);
}

const exporting = { endpoint: undefined, protocol: undefined, exporter: undefined };

describe('attach/settings', () => {
  it('reads the sampler of a flag or of the variables', () => {
    assert.deepEqual(settings({}).sampler, { name: 'parentbased_always_on' });
    const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' };
    assert.deepEqual(settings({}, env).sampler, { name: 'traceidratio', ratio: 0.25 });
    const flag = settings({ sampler: 'parentbased_traceidratio=0.5' }, env).sampler;
    assert.deepEqual(flag, { name: 'parentbased_traceidratio', ratio: 0.5 });
    assert.throws(() => settings({ sampler: 'sometimes' }), /--sampler sometimes/);
    assert.throws(() => settings({ sampler: 'traceidratio=2' }), /not from 0 to 1/);
    const wrong = settings({}, { OTEL_TRACES_SAMPLER: 'jaeger_remote' });
    assert.deepEqual(wrong.sampler, { name: 'parentbased_always_on' });
    assert.match(wrong.remarks[0]!, /OTEL_TRACES_SAMPLER/);
  });

  it('shows statements only when somebody says so', () => {
    const text = (value?: string): string =>
      settings({}, value === undefined ? {} : { OTEL_GO_AUTO_INCLUDE_DB_STATEMENT: value }).describe
        .statements.text;
    assert.equal(text(), 'off');
    assert.equal(text('false'), 'off');
    assert.equal(text('true'), 'full');
    assert.equal(text('redacted'), 'redacted');
    assert.equal(text('perhaps'), 'off');
    assert.equal(settings({ 'db-statement': 'redacted' }).describe.statements.text, 'redacted');
    const parse = { OTEL_GO_AUTO_PARSE_DB_STATEMENT: 'false' };
    assert.equal(settings({}, parse).describe.statements.parse, false);
  });

  it('tells headers that are named, and those only', () => {
    const env = {
      OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS: 'X-Request-Id, accept',
      OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_REQUEST_HEADERS: 'Accept,no good,x-tenant',
    };
    const { captures, describe, remarks } = settings({}, env);
    assert.deepEqual(captures, {
      server: ['x-request-id', 'accept'],
      client: ['accept', 'x-tenant'],
    });
    assert.deepEqual(describe.headers, ['x-request-id', 'accept', 'x-tenant']);
    assert.match(remarks[0]!, /no good: is not the name of a header/);
    assert.deepEqual(settings({}).captures, { server: [], client: [] });
    assert.deepEqual(settings({ header: ['Tenant'] }, env).captures.server, ['tenant']);
    assert.throws(() => settings({ header: ['a:b'] }), /--header a:b/);
    const many = Array.from({ length: 17 }, (_, i) => `h${i}`);
    const full = settings({ header: many });
    assert.deepEqual([full.captures.server.length, full.remarks.length], [16, 1]);
  });

  it('takes numbers of the batch processor, and passes over what is none', () => {
    const env = { OTEL_BSP_SCHEDULE_DELAY: '500', OTEL_BSP_MAX_QUEUE_SIZE: 'many' };
    const { batch, remarks } = settings({}, env);
    assert.equal(batch.delayMs, 500);
    assert.equal(batch.queueSpans, 65_536);
    assert.match(remarks[0]!, /OTEL_BSP_MAX_QUEUE_SIZE many/);
  });

  it('sends the context on unless that is switched off', () => {
    assert.equal(settings({}).propagate, true);
    assert.equal(settings({}, { OTEL_PROPAGATORS: 'baggage' }).propagate, false);
    assert.equal(settings({ propagate: false }).propagate, false);
    assert.equal(settings({ propagate: true }, { OTEL_PROPAGATORS: 'none' }).propagate, true);
  });

  it('reads a duration', () => {
    assert.equal(settings({ duration: '1m30s' }).durationMs, 90_000);
    assert.throws(() => settings({ duration: 'soon' }), /--duration soon/);
  });
});

describe('attach/exporters', () => {
  it('shows traces here where no endpoint is named', () => {
    assert.deepEqual(chooseExporters(exporting, {}), {
      traces: 'local',
      metrics: 'none',
      remarks: [],
    });
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' };
    const { traces, metrics } = chooseExporters(exporting, env);
    assert.deepEqual([traces, metrics], ['otlp', 'otlp']);
    const console = { OTEL_TRACES_EXPORTER: 'console', OTEL_METRICS_EXPORTER: 'none' };
    const chosen = chooseExporters(exporting, { ...env, ...console });
    assert.deepEqual([chosen.traces, chosen.metrics], ['console', 'none']);
    assert.equal(chooseExporters({ ...exporting, exporter: 'local' }, env).traces, 'local');
    assert.equal(chooseExporters(exporting, { OTEL_TRACES_EXPORTER: 'zipkin' }).remarks.length, 1);
  });

  it('speaks gRPC to its port, and otherwise what the specification says', () => {
    const protocolOf = (env: Record<string, string>): string =>
      otlpSettings(exporting, env, 'traces', () => {}).target.protocol;
    const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT';
    assert.equal(protocolOf({}), 'http/protobuf');
    assert.equal(protocolOf({ [endpoint]: 'http://c:4318' }), 'http/protobuf');
    assert.equal(protocolOf({ [endpoint]: 'http://c:4317' }), 'grpc');
    const asked = { [endpoint]: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' };
    assert.equal(protocolOf(asked), 'http/protobuf');
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4317', [endpoint]: 'http://d:1' };
    assert.equal(protocolOf(own), 'grpc');
    assert.throws(() => protocolOf({ [endpoint]: 'ftp://c' }), /ftp/);
  });
});
