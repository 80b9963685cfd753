// SPDX-License-Identifier: Apache-2.0
// Bundled into dist/tableWorker.cjs: the thread that makes unwind tables.
import { serveUnwindTables } from '@otelkit/unwind';

serveUnwindTables();
