// SPDX-License-Identifier: Apache-2.0
// Bundled into dist/: once for each command, and once with all of them (see build.mjs).

import { runTool } from '@otelkit/cli-kit';
import { decodeBytes } from '@otelkit/core';
import { tool } from './registry.ts';

void runTool(tool, { decodeBytes, loadOclif: () => import('@otelkit/cli-kit/oclif') });
