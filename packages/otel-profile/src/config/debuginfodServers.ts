// SPDX-License-Identifier: Apache-2.0
import { usage } from './usage.ts';

/**
 * What DEBUGINFOD_URLS holds, taken apart.
 * @throws ToolError (exit 2) where no server is named: none is asked that nobody named
 */
export function debuginfodServers(variable: string | undefined): string[] {
  const urls = (variable ?? '').split(/\s+/).filter((url) => url !== '');
  if (urls.length > 0) return urls;
  const hint = 'for example DEBUGINFOD_URLS=https://debuginfod.elfutils.org';
  throw usage('--debuginfod: DEBUGINFOD_URLS names no server', hint);
}
