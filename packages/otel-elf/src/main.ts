// SPDX-License-Identifier: Apache-2.0
// Bundled into dist/main.cjs, which bin/run.js loads.

import { runTool } from '@otelkit/cli-kit';
import { decodeBytes } from '@otelkit/core';
import { tool } from './registry.ts';

void runTool(tool, { decodeBytes, loadOclif: () => import('@otelkit/cli-kit/oclif') });
