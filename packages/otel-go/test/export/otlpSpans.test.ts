// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { SpanRecordKind } from '@otelkit/bpf-client';
import type { OtlpExporter } from '@otelkit/otlp';
import { OtlpSpans } from '../../src/export/otlpSpans.ts';
import { described } from '../../src/semconv/span.ts';
import { recordOf } from '../semconv/recordOf.ts';

const RESOURCE = { 'service.name': 'shop' };
const record = recordOf({ kind: SpanRecordKind.httpServer });

describe('export/otlpSpans', () => {
  it('sends the first spans soon, and not after the whole delay', async function () {
    this.timeout(30_000);
    const sent = await new Promise<number>((resolve) => {
      const exporter = {
        send: (_: string, __: Buffer, spans: number) => resolve(spans),
        statistics: () => ({ queuedItems: 0 }),
      } as unknown as OtlpExporter;
      const spans = new OtlpSpans(exporter, {
        delayMs: 600_000,
        batchSpans: 100,
        queueSpans: 100,
      });
      for (let i = 0; i < 3; i++) spans.add(RESOURCE, described('net/http', 2), record);
    });
    assert.equal(sent, 3);
  });
});
