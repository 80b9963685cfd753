// SPDX-License-Identifier: Apache-2.0
import { SpanRecord } from '@otelkit/bpf-client';
// tidy-allow(import-direction): a writer of records for tests, kept once
import { type SpanFacts, spanBytes } from '../../../bpf-client/test/support/spanBytes.ts';
import { DEFAULT_DESCRIBE, type DescribeSettings, describe } from '../../src/semconv/describe.ts';
import type { Described, ProcessNames } from '../../src/semconv/span.ts';

export function recordOf(facts: SpanFacts): SpanRecord {
  const bytes = spanBytes(facts);
  const record = new SpanRecord();
  record.read(bytes, 0, bytes.length);
  return record;
}

const NAMES: ProcessNames = {
  errorType: (itab) => (itab === 7n ? '*net.OpError' : undefined),
  databaseSystem: (connector) => (connector === 1n ? 'postgresql' : 'other_sql'),
};

/** What a record becomes; attributes as an object. */
export function describeFacts(
  facts: SpanFacts,
  settings: Partial<DescribeSettings> = {},
): Omit<Described, 'attributes'> & { attributes: Record<string, unknown> } {
  const span = describe(recordOf(facts), NAMES, { ...DEFAULT_DESCRIBE, ...settings });
  if (span === undefined) throw new Error('no such kind');
  return { ...span, attributes: Object.fromEntries(span.attributes) };
}
