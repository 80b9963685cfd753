// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readSync } from 'node:fs';
import { type ProcFs, toProcError } from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import { KallsymsParser, type KernelFunctions } from './parseKallsyms.ts';

const PIECE_BYTES = 65_536;

/** Reads and parses piece by piece. @throws ProcError */
export function readKallsyms(fs: ProcFs): KernelFunctions {
  const path = `${fs.root}/kallsyms`;
  const parser = new KallsymsParser();
  let fd = -1;
  try {
    fd = openSync(path, 'r');
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    // Without a position: the kernel answers in pieces of its own choosing.
    for (let total = 0; total < SYMBOL_LIMITS.kallsymsBytes && !parser.isTruncated; ) {
      let filled = 0;
      while (filled < PIECE_BYTES) {
        const n = readSync(fd, piece, filled, PIECE_BYTES - filled, null);
        if (n === 0) break;
        filled += n;
      }
      if (filled === 0) break;
      parser.push(piece.subarray(0, filled));
      total += filled;
    }
  } catch (error) {
    throw toProcError(error, path);
  } finally {
    if (fd >= 0) closeSync(fd);
  }
  return parser.finish();
}
