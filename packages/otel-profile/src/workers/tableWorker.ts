// SPDX-License-Identifier: Apache-2.0
// Bundled into dist/tableWorker.cjs: the thread that makes unwind tables.
import { parentPort } from 'node:worker_threads';
import { serveUnwindTables } from '@otelkit/unwind';
import { collectAfterMessages } from './collectGarbage.ts';

serveUnwindTables();
if (parentPort !== null) collectAfterMessages(parentPort);
