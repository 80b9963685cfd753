// SPDX-License-Identifier: Apache-2.0
// What the worker thread runs.
import { parentPort } from 'node:worker_threads';
import { serveSymbols } from './symbolWorker.ts';

if (parentPort !== null) serveSymbols(parentPort);
