// SPDX-License-Identifier: Apache-2.0
import { parentPort } from 'node:worker_threads';
import { runTableJob, type TableJob } from './tableJob.ts';

/**
 * Answers jobs until the port closes: the worker's whole program. A tool that is bundled into one
 * file calls it from there and names that file as `workerFile`.
 */
export function serveUnwindTables(): void {
  const port = parentPort;
  if (port === null) return;
  port.on('message', (job: TableJob) => {
    const answer = runTableJob(job);
    const bytes = answer.table?.bytes;
    port.postMessage(answer, bytes === undefined ? [] : [bytes.buffer as ArrayBuffer]);
  });
}
