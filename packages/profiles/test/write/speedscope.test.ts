// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import type { Profile } from '../../src/model/profile.ts';
import { writeSpeedscope } from '../../src/write/speedscope.ts';
import { emptyProfile, HOSTILE_NAME, PERIOD_NS, sampleProfile } from '../model/sampleProfile.ts';

// What https://www.speedscope.app/file-format-schema.json demands of sampled profiles.
const natural = { type: 'integer', minimum: 0 };
const SCHEMA = {
  type: 'object',
  required: ['$schema', 'profiles', 'shared'],
  properties: {
    $schema: { const: 'https://www.speedscope.app/file-format-schema.json' },
    name: { type: 'string' },
    exporter: { type: 'string' },
    activeProfileIndex: { type: 'number' },
    shared: {
      type: 'object',
      required: ['frames'],
      properties: {
        frames: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name'],
            additionalProperties: false,
            properties: {
              name: { type: 'string' },
              file: { type: 'string' },
              line: natural,
              col: natural,
            },
          },
        },
      },
    },
    profiles: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['type', 'name', 'unit', 'startValue', 'endValue', 'samples', 'weights'],
        properties: {
          type: { const: 'sampled' },
          name: { type: 'string' },
          unit: {
            enum: ['none', 'nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes'],
          },
          startValue: { type: 'number' },
          endValue: { type: 'number' },
          samples: { type: 'array', items: { type: 'array', items: natural } },
          weights: { type: 'array', items: { type: 'number' } },
        },
      },
    },
  },
};

interface Document {
  readonly shared: { readonly frames: { readonly name: string; readonly line?: number }[] };
  readonly profiles: {
    readonly name: string;
    readonly unit: string;
    readonly endValue: number;
    readonly samples: number[][];
    readonly weights: number[];
  }[];
}

function documentOf(profile: Profile): Document {
  const text = [...writeSpeedscope(profile, { name: 'a "b"', exporter: 'otel-profile 1' })].join(
    '',
  );
  const document = JSON.parse(Buffer.from(text, 'utf8').toString('utf8')) as Document;
  const validate = new Ajv().compile(SCHEMA);
  assert.ok(validate(document), JSON.stringify(validate.errors));
  for (const { samples, weights, endValue } of document.profiles) {
    assert.equal(samples.length, weights.length);
    assert.equal(
      endValue,
      weights.reduce((sum, weight) => sum + weight, 0),
    );
    for (const frame of samples.flat()) assert.ok(frame < document.shared.frames.length);
  }
  return document;
}

describe('speedscope files', () => {
  it('have a profile of everything first, then one for each process', () => {
    const { profiles } = documentOf(sampleProfile());
    assert.deepEqual(
      profiles.map(({ name, endValue }) => [name, endValue]),
      [
        ['all processes, samples', 7 * PERIOD_NS],
        ['app (10), samples', 5 * PERIOD_NS],
        ['app;2 (11), samples', 2 * PERIOD_NS],
        ['app;2 (11), off_cpu', 2_000_000],
      ],
    );
  });

  it('have stacks from the outside in', () => {
    const { shared, profiles } = documentOf(sampleProfile());
    const stacks = profiles[0]!.samples.map((stack) => stack.map((f) => shared.frames[f]!.name));
    assert.deepEqual(stacks[0], ['app (10)', 'main', 'work', 'inner']);
    assert.deepEqual(
      profiles[1]!.samples[1]!.map((f) => shared.frames[f]!.name),
      ['main', '[libc.so.6]', 'vfs_read'],
    );
    assert.equal(shared.frames.find(({ name }) => name === 'inner')?.line, 4);
  });

  it('have one frame for all places of a function', () => {
    const { shared } = documentOf(sampleProfile());
    assert.equal(shared.frames.filter(({ name }) => name === 'main').length, 1);
  });

  it('keep names that are no plain text', () => {
    const names = documentOf(sampleProfile()).shared.frames.map(({ name }) => name);
    assert.ok(names.includes(HOSTILE_NAME.replace(/\udc80$/u, '\ufffd')));
  });

  it('are valid without samples', () => {
    assert.equal(documentOf(emptyProfile()).profiles.length, 1);
  });
});
