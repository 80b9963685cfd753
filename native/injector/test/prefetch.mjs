#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Fills the cache while the suite does what needs none of it: the suite waits for its programs one by
// one, and would come to nothing else meanwhile.
import { rmSync } from 'node:fs';
import { foreignMaterial } from './foreignPrograms.mjs';
import { work } from './harness.mjs';

try {
  await foreignMaterial();
} finally {
  rmSync(work, { recursive: true, force: true });
}
