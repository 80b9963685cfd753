// SPDX-License-Identifier: Apache-2.0
// The agent, a real OpenTelemetry Collector, and what comes out behind it: read by the official Go
// types, field by field what the agent sent. Configured by OTEL_EXPORTER_OTLP_*, as operators do.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
// tidy-allow(import-direction): a reader for tests, kept once
import * as decoded from '../../../otlp/test/support/decodedProfiles.ts';
// tidy-allow(import-direction): the official types are built for tests only
import { decodeOfficially, officialTypes } from '../../../otlp/test/support/officialTypes.ts';
// tidy-allow(import-direction): starting a Collector is for tests only
import * as realCollector from '../../../otlp/test/support/realCollector.ts';
import { type AgentSums, type RunningAgent, startAgent } from './agents.ts';
import { prepareChain, waitForExit } from './profiling.ts';
import { type Answer, StandInCollector } from './standInCollector.ts';

const PROTOBUF = 'application/x-protobuf';

describe('endToEnd/collector', function () {
  this.timeout(120_000);
  let folder: string;
  let chain: string;
  let types: string;
  let collector: ChildProcess | undefined;
  let ports: readonly number[];
  let sink: StandInCollector;
  const children: ChildProcess[] = [];
  const recorders: StandInCollector[] = [];

  before(async function () {
    const built = realCollector.isCollectorThere() ? officialTypes() : undefined;
    if (built === undefined) this.skip();
    types = built;
    ({ folder, chain } = prepareChain(this, 'collector'));
    execFileSync(types, ['certs', folder]);
    sink = new StandInCollector();
    await sink.start();
    [collector, ports] = await realCollector.startCollector(folder, 3, configuration);
  });
  beforeEach(() => {
    sink.taken.length = 0;
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const one of recorders.splice(0)) await one.goAway();
  });
  after(async () => {
    if (collector !== undefined) await realCollector.endCollector(collector);
    await sink?.goAway();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const pem = (name: string): string => join(folder, name);

  /** Without a queue of its own, what the Collector accepts has reached the sink. */
  function configuration([plain, grpc, https]: readonly number[]): string {
    const files = `cert_file: ${pem('server.pem')}, key_file: ${pem('server.key')}`;
    const tls = `tls: { ${files}, client_ca_file: ${pem('ca.pem')} }`;
    return `
receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:${plain}" } } }
  otlp/secure:
    protocols:
      grpc: { endpoint: "127.0.0.1:${grpc}", ${tls} }
      http: { endpoint: "127.0.0.1:${https}", ${tls} }
exporters:
  otlphttp: { endpoint: "http://${sink.address}", sending_queue: { enabled: false } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { profiles: { receivers: [otlp, otlp/secure], exporters: [otlphttp] } }
`;
  }

  /** One agent while the chain uses half a second of CPU time. */
  async function profile(
    flags: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<AgentSums> {
    const common = ['agent', '-v', '-F', '499', '--spill-folder', 'off', '--process', 'chain'];
    const one: RunningAgent = startAgent([...common, ...flags], env);
    children.push(one.child);
    await one.said('sampling at');
    const busy = spawn(chain, ['0.5']);
    children.push(busy);
    await waitForExit(busy);
    const sums = await one.stop();
    assert.ok(sums.taken > 50, one.talk());
    assert.deepEqual(sums, { ...sums, sent: sums.taken, kept: 0, lost: 0 }, one.talk());
    return sums;
  }

  const read = (bytes: Buffer): decoded.ReadSample[] =>
    decoded.readSamples(decodeOfficially(types, 'profiles', bytes));

  it('hands on unchanged what came over HTTP, with gzip and headers', async () => {
    const recorder = new StandInCollector();
    recorders.push(recorder);
    recorder.answer = forwardTo(`http://127.0.0.1:${ports[0]}`);
    await recorder.start();
    const sums = await profile([], {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${recorder.address}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,x-team=a%2Cb',
    });
    for (const { headers } of recorder.taken) {
      assert.equal(headers['content-encoding'], 'gzip');
      assert.deepEqual([headers['authorization'], headers['x-team']], ['Bearer x', 'a,b']);
    }
    const sent = recorder.taken.flatMap(({ bytes }) => read(bytes));
    const arrived = sink.taken.flatMap(({ bytes }) => read(bytes));
    assert.equal(sink.samples, sums.sent);
    assert.deepEqual(arrived.map(decoded.comparable), sent.map(decoded.comparable));
    const calls = sent.filter(({ resource }) => resource['process.executable.path'] === chain);
    const names = calls.map(({ frames }) => frames.map(([, , , name]) => name).join(' '));
    // An overloaded machine may have named none of them in time.
    const named = names.filter((text) => / main /.test(text));
    const whole = named.filter((text) => / c b a main /.test(text));
    assert.ok(whole.length >= 0.8 * named.length, named.slice(0, 20).join('\n'));
  });

  it('is reached by gRPC with an authority and a client certificate of its own', async () => {
    const { sent } = await profile([], {
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://localhost:${ports[1]}`,
      OTEL_EXPORTER_OTLP_CERTIFICATE: pem('ca.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: pem('client.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: pem('client.key'),
    });
    const arrived = sink.taken.flatMap(({ bytes }) => read(bytes));
    assert.equal(arrived.flatMap(({ times }) => times).length, sent);
  });

  it('is reached by HTTPS with the same as flags', async () => {
    const tls = ['--ca-certificate', pem('ca.pem'), '--client-certificate', pem('client.pem')];
    const key = ['--client-key', pem('client.key'), '--protocol', 'http/protobuf'];
    const endpoint = `--collection-agent=https://localhost:${ports[2]}`;
    const { sent } = await profile([endpoint, ...tls, ...key, '--compression', 'none'], {});
    assert.equal(sink.samples, sent);
  });
});

/** Passes a request on as it came, and its answer back. */
function forwardTo(base: string): Answer {
  return async (response, { url, bytes }) => {
    const headers = { 'content-type': PROTOBUF };
    const answer = await fetch(base + url, { method: 'POST', headers, body: bytes });
    response.writeHead(answer.status, { 'content-type': PROTOBUF });
    response.end(Buffer.from(await answer.arrayBuffer()));
    return answer.ok;
  };
}
