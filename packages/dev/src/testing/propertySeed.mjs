// SPDX-License-Identifier: Apache-2.0
// Loaded by mocha before the suites. Properties run from one seed, so that a change fails for what
// it changes; OTELKIT_FUZZ_SEED names another seed, or `random` for one that differs each time.
import { createRequire } from 'node:module';
import fc from 'fast-check';

const USUAL_SEED = 20_261_121;

const wanted = process.env['OTELKIT_FUZZ_SEED'] ?? String(USUAL_SEED);
if (wanted !== 'random') {
  const seed = Number(wanted);
  if (!Number.isInteger(seed)) throw new Error(`OTELKIT_FUZZ_SEED: ${wanted} is no whole number`);
  // A suite gets one of two copies of the library, by how its file is loaded.
  for (const copy of [fc, createRequire(import.meta.url)('fast-check')]) {
    copy.configureGlobal({ ...copy.readConfigureGlobal(), seed });
  }
}
