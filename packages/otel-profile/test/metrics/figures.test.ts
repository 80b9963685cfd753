// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { Figure } from '../../src/metrics/figures.ts';
import { encodeMetrics } from '../../src/metrics/otlpMetrics.ts';
import { prometheusText } from '../../src/metrics/prometheus.ts';
import { Usage } from '../../src/metrics/usage.ts';

const FIGURES: readonly Figure[] = [
  { name: 'a_total', help: 'first', kind: 'counter', unit: '1', value: 3, label: ['why', 'x'] },
  { name: 'a_total', help: 'first', kind: 'counter', unit: '1', value: 4, label: ['why', 'y'] },
  { name: 'b', help: 'second', kind: 'gauge', unit: 'By', value: 1.5 },
];

describe('metrics/prometheus', () => {
  it('writes help and type once a name', () => {
    assert.equal(
      prometheusText(FIGURES),
      '# HELP a_total first\n# TYPE a_total counter\na_total{why="x"} 3\na_total{why="y"} 4\n' +
        '# HELP b second\n# TYPE b gauge\nb 1.5\n',
    );
  });
});

describe('metrics/otlpMetrics', () => {
  it('holds each name once, with all its points', () => {
    const bytes = encodeMetrics(FIGURES, {
      scope: { name: 'otel-profile', version: '1' },
      resource: { 'service.name': 'otel-profile' },
      startNs: 1n,
      timeNs: 2n,
    });
    const text = bytes.toString('latin1');
    assert.equal(text.split('a.total').length, 2);
    assert.equal(text.split('why').length, 3);
    const value = Buffer.alloc(8);
    value.writeDoubleLE(1.5);
    assert.ok(bytes.includes(value));
  });
});

describe('metrics/usage', () => {
  it('counts another process along with this one', () => {
    const alone = new Usage(() => undefined);
    const both = new Usage(() => process.ppid);
    alone.measure();
    both.measure();
    assert.ok(both.residentBytes > alone.residentBytes);
    assert.ok(alone.cpuMs > 0);
  });
});
