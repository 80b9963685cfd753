// SPDX-License-Identifier: Apache-2.0
// A collector of its own, to be killed.
import { startCollector } from './running.ts';

const collector = await startCollector({ folder: process.argv[2] });
console.log(collector.url);
