// SPDX-License-Identifier: Apache-2.0
// What the page is answered, from a request as our agent makes it.
import assert from 'node:assert/strict';
import {
  encodeMessage,
  OTLP_EXPORT_PROFILES_SERVICE_REQUEST,
  OTLP_EXPORT_TRACE_SERVICE_REQUEST,
} from '@otelkit/otlp';
import { readProfile } from '@otelkit/profiles';
import type { Facets, Graph, HeatMap, Timeline, Top, Trace } from '@otelkit/viewer/contract';
import fc from 'fast-check';
import type { Collector } from '../../src/index.ts';
import {
  agentRequest,
  SPAN,
  START_MS,
  send,
  startCollector,
  TRACE,
  whyNoEngine,
} from '../support/running.ts';

const SAMPLE_NS = 1e7;

describe("the page's answers", () => {
  let collector: Collector;
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(new URL(path, collector.url));
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as T;
  };

  before(async function () {
    const why = await whyNoEngine();
    if (why !== undefined) {
      console.log(`skip: ${why}`);
      return this.skip();
    }
    collector = await startCollector();
    assert.equal(
      (await send(collector.url, '/v1development/profiles', agentRequest())).status,
      200,
    );
    await collector.store.flush();
  });
  after(() => collector?.close());

  const nameOf = ({ frames }: Graph | Top, frame: number): string =>
    frame < 0 ? 'root' : frames.strings[frames.name[frame]!]!;

  it('status: types, range, sources', async () => {
    const status = await ask<Record<string, unknown>>('/api/status');
    assert.equal(status['sampleCount'], 101);
    assert.equal(status['startMs'], START_MS);
    assert.equal(status['hasTimes'], true);
    const types = status['sampleTypes'] as { id: string; unit: string }[];
    assert.deepEqual(
      types.map(({ id, unit }) => [id, unit]),
      [
        ['samples:nanoseconds', 'nanoseconds'],
        ['off_cpu:nanoseconds', 'nanoseconds'],
      ],
    );
  });

  it('graph: the call tree in time, siblings from the heaviest', async () => {
    const graph = await ask<Graph>('/api/graph');
    const paths = graph.parent.map((parent, i) => [
      nameOf(graph, graph.frame[i]!),
      parent < 0 ? '' : nameOf(graph, graph.frame[parent]!),
      graph.self[i]! / SAMPLE_NS,
      graph.total[i]! / SAMPLE_NS,
    ]);
    assert.deepEqual(paths, [
      ['root', '', 0, 100],
      ['main', 'root', 0, 100],
      ['work', 'main', 0, 70],
      ['inner', 'work', 60, 60],
      ['app+0x1234', 'work', 10, 10],
      ['vfs_read', 'main', 30, 30],
    ]);
    assert.equal(graph.sampleCount, 100);
    const outer = await ask<Graph>('/api/graph?inlined=0');
    assert.ok(!outer.frame.some((frame) => nameOf(outer, frame) === 'inner'));
    const few = await ask<Graph>('/api/graph?nodes=3');
    assert.deepEqual([few.parent.length, few.cutNodes, few.self[2]! / SAMPLE_NS], [3, 3, 70]);
    assert.equal(few.self.reduce((sum, self) => sum + self, 0) / SAMPLE_NS, 100);
  });

  it('graph: any choice, and two compared', async () => {
    const total = async (query: string): Promise<number> =>
      (await ask<Graph>(`/api/graph?${query}`)).total[0]! / SAMPLE_NS;
    assert.equal(await total('service=shop'), 70);
    assert.equal(await total('kind=kernel'), 30);
    assert.equal(await total('cpu=1&thread=worker'), 50);
    assert.equal(await total('container=c0ffee'), 30);
    assert.equal(await total(`from=${START_MS}&to=${START_MS + 500}`), 50);
    assert.equal(await total('label=tenant%3Da'), 1);
    assert.equal(await total(`trace=${TRACE}&span=${SPAN}`), 1);
    assert.equal(await total('service=nobody'), 0);
    assert.equal(await total('type=off_cpu:nanoseconds'), 0.4);
    const both = await ask<Graph>('/api/graph?service=shop&base.service=');
    assert.equal(both.baseTotal![0], 30 * SAMPLE_NS);
  });

  it('top, timeline, heat map, facets, executables', async () => {
    const top = await ask<Top>('/api/top?buckets=4');
    assert.deepEqual(
      top.frame.map((frame) => nameOf(top, frame)),
      ['inner', 'vfs_read', 'app+0x1234', 'main', 'work'],
    );
    assert.ok(Math.abs(top.selfError[0]! - 1.959964 * Math.sqrt(60) * SAMPLE_NS) < 1);
    assert.equal(top.spark.slice(0, 4).reduce((sum, value) => sum + value, 0) / SAMPLE_NS, 60);
    const range = `from=${START_MS}&to=${START_MS + 1_000}`;
    const timeline = await ask<Timeline>(`/api/timeline?${range}&buckets=10&by=kind`);
    const series = Object.fromEntries(timeline.series.map((one) => [one.name, one.values]));
    assert.deepEqual(
      series['native']!.map((value) => value / SAMPLE_NS),
      [10, 10, 10, 10, 10, 10, 0, 0, 0, 10],
    );
    const heat = await ask<HeatMap>(`/api/heatmap?${range}&columnMs=1000&rows=4`);
    assert.deepEqual(
      [heat.columns, heat.values.map((value) => value / SAMPLE_NS)],
      [1, [25, 25, 25, 25]],
    );
    const facets = await ask<Facets>('/api/facets');
    assert.deepEqual(
      facets.processes.map(({ label, weight }) => [label, weight / SAMPLE_NS]),
      [
        ['app (10)', 70],
        ['db (20)', 30],
      ],
    );
    assert.deepEqual(
      facets.kinds.map(({ id, weight }) => [id, weight / SAMPLE_NS]),
      [
        ['native', 100],
        ['kernel', 30],
      ],
    );
    const { executables } = await ask<{ executables: Record<string, unknown>[] }>(
      '/api/executables',
    );
    assert.equal(executables[0]!['name'], 'app');
    assert.deepEqual([executables[0]!['frames'], executables[0]!['named']], [4, 3]);
  });

  it('is asked for more time than there is', async () => {
    for (const range of [
      'from=0',
      'from=-9e12&to=9e12',
      'from=-1e300&to=1e300',
      'from=9e12&to=0',
    ]) {
      await ask(`/api/graph?${range}`);
      await ask(`/api/top?${range}`);
      await ask(`/api/facets?${range}`);
      await ask(`/api/executables?${range}`);
      const timeline = await ask<Timeline>(`/api/timeline?${range}`);
      for (const { values } of timeline.series) assert.ok(values.length <= 400);
      const heat = await ask<HeatMap>(`/api/heatmap?${range}&columnMs=10`);
      assert.equal(heat.values.length, heat.columns * heat.rows);
    }
  });

  it('exports what was chosen in every format', async () => {
    for (const format of ['pprof', 'otlp', 'speedscope', 'folded']) {
      const response = await fetch(
        new URL(`/api/export?format=${format}&service=shop`, collector.url),
      );
      const bytes = new Uint8Array(await response.arrayBuffer());
      const { profile } = readProfile(bytes, `x.${format}`);
      const names = profile.strings.join('\n');
      assert.ok(names.includes('inner') && !names.includes('vfs_read'), format);
      const factor = profile.kinds[0]!.unit === 'count' ? 1 : SAMPLE_NS;
      const sum = profile.samples.value.reduce((all, value) => all + value, 0) / factor;
      assert.equal(sum, 70, format);
    }
    const parquet = await fetch(new URL('/api/export?format=parquet', collector.url));
    const bytes = Buffer.from(await parquet.arrayBuffer());
    assert.equal(bytes.subarray(0, 4).toString(), 'PAR1');
  });

  it('traces, and the samples inside a span', async () => {
    const at = BigInt(START_MS) * 1_000_000n;
    const [traceId, root] = [Buffer.from(TRACE, 'hex'), Buffer.from('00000000000000aa', 'hex')];
    const key = (name: string, stringValue: string) => ({ key: name, value: { stringValue } });
    const spans = [
      { traceId, spanId: Buffer.from(SPAN, 'hex'), parentSpanId: root, name: 'query', kind: 3 },
      { traceId, spanId: root, parentSpanId: new Uint8Array(0), name: 'GET /', kind: 2 },
    ].map((span, i) => ({
      ...span,
      startTimeUnixNano: at,
      endTimeUnixNano: at + 2_000_000n,
      attributes: [key('http.route', '/')],
      status: { code: i === 0 ? 2 : 0, message: 'gone' },
    }));
    const resource = { attributes: [key('service.name', 'shop')] };
    const request = encodeMessage(OTLP_EXPORT_TRACE_SERVICE_REQUEST, {
      resourceSpans: [{ resource, scopeSpans: [{ spans }] }],
    });
    assert.equal((await send(collector.url, '/v1/traces', request)).status, 200);
    await collector.store.flush();
    const { traces } = await ask<{ traces: Record<string, unknown>[] }>('/api/traces?errors=1');
    assert.deepEqual(
      [traces[0]!['name'], traces[0]!['errorCount'], traces[0]!['durationMs']],
      ['GET /', 1, 2],
    );
    const trace = await ask<Trace>(`/api/traces/${TRACE}`);
    assert.deepEqual(
      trace.spans.map(({ name, kind, sampleCount }) => [name, kind, sampleCount]),
      [
        ['GET /', 'server', 0],
        ['query', 'client', 1],
      ],
    );
  });

  it('adds up several processes as it does all of them', async () => {
    const [all, both] = await Promise.all(
      ['', '&process=0&process=1'].map((more) => ask<Top>(`/api/top?buckets=4${more}`)),
    );
    assert.deepEqual(both, all);
    assert.equal(both!.totalWeight / SAMPLE_NS, 100);
    const sparks = both!.spark.reduce((sum, value) => sum + value, 0);
    assert.equal(sparks / SAMPLE_NS, 100);
    const kernel = await ask<Graph>('/api/graph?process=0&process=1&kind=kernel');
    assert.equal(kernel.sampleCount, 30);
    const byKind = await ask<Timeline>('/api/timeline?by=kind&buckets=4&process=0&process=1');
    assert.deepEqual(byKind, await ask<Timeline>('/api/timeline?by=kind&buckets=4'));
  });

  it('tells who started it that an answer was sent', async () => {
    let tell = (): void => {};
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const other = await startCollector({ onAnswered: () => tell() });
    try {
      await (await fetch(new URL('/api/status', other.url))).arrayBuffer();
      await told;
    } finally {
      await other.close();
    }
  });

  it('answers a range that ends before it begins, or lies far off, with nothing', async () => {
    for (const path of ['graph', 'top', 'facets', 'timeline', 'heatmap', 'executables']) {
      for (const range of ['to=0', 'from=2e12&to=1e12', 'from=0', 'to=8.64e15', 'from=-1']) {
        const response = await fetch(new URL(`/api/${path}?${range}`, collector.url));
        assert.ok([200, 400].includes(response.status), `${path}?${range}: ${response.status}`);
      }
    }
    const heatMap = await ask<HeatMap>('/api/heatmap?to=0');
    assert.deepEqual([heatMap.columns, heatMap.values.length], [0, 0]);
  });

  it('refuses what it cannot understand with a reason, whatever is asked', async () => {
    for (const query of ['graph?from=x', 'graph?nodes=0', 'export?format=x', 'graph?type=x']) {
      const response = await fetch(new URL(`/api/${query}`, collector.url));
      assert.equal(response.status, 400, query);
      assert.ok(((await response.json()) as { error: { message: string } }).error.message);
    }
    const key = fc.constantFrom('from', 'to', 'type', 'service', 'kind', 'cpu', 'trace', 'base.to');
    const NUMBERS = fc.constantFrom("'", '0', '-1', '1e12', '8.64e15', '-1e300', '1e300');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('graph', 'top', 'facets', 'timeline', 'heatmap', 'executables'),
        fc.array(fc.tuple(key, fc.oneof(fc.string(), NUMBERS))),
        async (path, pairs) => {
          const url = new URL(`/api/${path}?${new URLSearchParams(pairs)}`, collector.url);
          assert.ok([200, 400].includes((await fetch(url)).status), String(url));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('shows what other agents send, however odd', async () => {
    const odd = await startCollector();
    try {
      const dictionary = {
        stringTable: ['not empty', 'samples', 'count', 'f'],
        locationTable: [{ lines: [{ functionIndex: 9 }] }, { address: 5n, mappingIndex: 7 }],
        functionTable: [{ nameStrindex: 3 }],
        stackTable: [{ locationIndices: [0, 1, 99] }],
        attributeTable: [{ keyStrindex: 77 }],
      };
      const samples = [
        { stackIndex: 0, attributeIndices: [0, 5], linkIndex: 4, values: [3n] },
        { stackIndex: 12, timestampsUnixNano: [1n, 2n], values: [1n] },
        {},
      ];
      const profile = { sampleType: { typeStrindex: 1, unitStrindex: 2 }, samples };
      const bytes = encodeMessage(OTLP_EXPORT_PROFILES_SERVICE_REQUEST, {
        resourceProfiles: [{ scopeProfiles: [{ profiles: [profile, {}] }] }, {}],
        dictionary,
      });
      assert.equal((await send(odd.url, '/v1development/profiles', bytes)).status, 200);
      await odd.store.flush();
      const status = (await (await fetch(new URL('/api/status', odd.url))).json()) as {
        sampleCount: number;
        losses: unknown[];
      };
      assert.equal(status.sampleCount, 4);
      assert.ok(status.losses.length >= 4);
      const graph = (await (await fetch(new URL('/api/graph', odd.url))).json()) as Graph;
      assert.equal(graph.total[0], 6);
    } finally {
      await odd.close();
    }
  });
});
