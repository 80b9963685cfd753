// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { registryDisagreements } from '@otelkit/cli-kit/generate';
import { tool } from '../../src/registry.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

describe('the registry of otel-go', () => {
  it('agrees with the package, the bundles and everything that is generated from it', () => {
    assert.deepEqual(registryDisagreements(tool, ROOT), []);
  });
});
