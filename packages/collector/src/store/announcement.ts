// SPDX-License-Identifier: Apache-2.0
// A running collector says in its store's folder where it is to be asked: DuckDB lets one process
// have a file open, and others ask that one.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'collector.json';

export interface Announcement {
  readonly url: string;
  readonly token: string;
}

export function announce(folder: string, announcement: Announcement): void {
  writeFileSync(join(folder, NAME), JSON.stringify(announcement), { mode: 0o600 });
}

export function withdraw(folder: string): void {
  rmSync(join(folder, NAME), { force: true });
}

/** Undefined where no collector said anything that can be understood. */
export function readAnnouncement(folder: string): Announcement | undefined {
  try {
    const { url, token } = JSON.parse(readFileSync(join(folder, NAME), 'utf8'));
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : undefined;
  } catch {
    return undefined;
  }
}
