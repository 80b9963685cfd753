// SPDX-License-Identifier: Apache-2.0
// A process of its own that exports: `exportAndWait.ts PORT FOLDER REQUESTS end|stay`. It says
// `spilled` when all requests are on disk (stay), or closes and must then end by itself (end).
import { TestExporter, targetAt } from './exporting.ts';

const [port, folder, requests, what] = process.argv.slice(2);
const spillFolder = folder === '-' ? undefined : folder;
const exporter = new TestExporter(targetAt(Number(port)), { spillFolder });
for (let i = 1; i <= Number(requests); i++) exporter.sendSamples(i, String(i));
if (what === 'stay') {
  await exporter.until((e) => e.statistics().spilledRequests === Number(requests));
  console.log('spilled');
} else {
  await exporter.until((e) => e.statistics().failuresInARow > 0 || e.statistics().sentRequests > 0);
  console.log(JSON.stringify(await exporter.close(50)));
}
