// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that every user may read, as /usr/lib is. */
export function readableFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'otel-inject-agents-'));
  chmodSync(folder, 0o755);
  return folder;
}

export function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
