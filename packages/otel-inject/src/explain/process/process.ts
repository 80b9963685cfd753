// SPDX-License-Identifier: Apache-2.0

import { ToolError } from '@otelkit/cli-kit';
import type { BinaryCache, ProcFs } from '@otelkit/core';
import type { ExplainResult } from '../run.ts';
export function explainProcess(_pid: number, _fs: ProcFs, _cache: BinaryCache): ExplainResult {
  throw new ToolError('not yet', { code: 'NOT_BUILT' });
}
