// SPDX-License-Identifier: Apache-2.0
import type { ExporterEvent, ExporterOptions } from '../../src/export/exporter.ts';
import { OtlpExporter } from '../../src/export/exporter.ts';
import type { OtlpTarget } from '../../src/export/transport.ts';
import { profilerKinds } from '../../src/profiles/frame.ts';
import { type EncodedRequest, ProfileBatch } from '../../src/profiles/profileBatch.ts';
import { sampleOf, sourceOf } from './sampleSource.ts';

export function targetAt(port: number, more: Partial<OtlpTarget> = {}): OtlpTarget {
  return {
    protocol: 'grpc',
    host: '127.0.0.1',
    port,
    isSecure: false,
    path: '/v1development/profiles',
    headers: {},
    tls: {},
    userAgent: 'otelkit-test/1',
    ...more,
  };
}

/** A request with so many samples; `version` tells it from others at the receiver. */
export function requestOf(sampleCount: number, version = '0'): EncodedRequest {
  const batch = new ProfileBatch({
    source: sourceOf({
      frames: [{ kind: 'go', functionName: 'f' }],
      stacks: [[], [0]],
      resources: [{}],
    }),
    kinds: profilerKinds(97),
    scope: { name: 'otelkit-test', version },
    timeOriginNs: 1_795_262_983_000_000_000n,
  });
  for (let i = 0; i < sampleCount; i++) batch.add(sampleOf({ stackId: 1, timeNs: i }));
  return batch.encode()[0]!;
}

export class TestExporter extends OtlpExporter {
  readonly events: ExporterEvent[];

  constructor(target: OtlpTarget, more: Partial<ExporterOptions> = {}) {
    const events: ExporterEvent[] = [];
    const onEvent = (event: ExporterEvent): void => {
      events.push(event);
    };
    super({ target, compression: 'gzip', timeoutMs: 20_000, onEvent, ...more });
    this.events = events;
  }

  sendSamples(sampleCount: number, version = '0'): void {
    const request = requestOf(sampleCount, version);
    this.send('profiles', request.bytes, request.sampleCount);
  }

  /** Waits until the figures fit; mocha's timeout is the limit. */
  async until(fits: (exporter: TestExporter) => boolean): Promise<void> {
    while (!fits(this)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
