// SPDX-License-Identifier: Apache-2.0
import { usage } from '../config/usage.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 1_024,
  mi: 1_048_576,
  gi: 1_073_741_824,
};

/** Bytes of `500MB`, `2GiB`, `1000000`. @throws ToolError (exit 2) */
export function sizeOf(name: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(k|m|g|t|ki|mi|gi)?b?$/i.exec(text.trim());
  if (match === null) throw usage(`${name} ${text}: expected a size`, 'for example 500MB or 2GiB');
  return Math.floor(Number(match[1]) * UNITS[(match[2] ?? '').toLowerCase()]!);
}
