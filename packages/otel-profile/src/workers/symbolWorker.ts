// SPDX-License-Identifier: Apache-2.0
// Bundled into dist/symbolWorker.cjs: the thread that reads symbol tables.
import { parentPort } from 'node:worker_threads';
import { serveSymbols } from '@otelkit/symbols';

if (parentPort !== null) serveSymbols(parentPort);
