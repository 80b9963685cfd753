#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Makes the Collector that end-to-end tests send to; without it they use a receiver of their own.
import { buildCollector } from '../src/bootstrap/collector.mjs';

console.log(await buildCollector());
