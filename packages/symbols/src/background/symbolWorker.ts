// SPDX-License-Identifier: Apache-2.0
// The worker's side: answers one request after the other.
import type { MessagePort } from 'node:worker_threads';
import { SYMBOL_LIMITS } from '../limits.ts';
import { buffersOf, emptyBatch, type ResolvedBatch } from './batch.ts';
import { Symbolizer, type SymbolizerOptions, type SymbolTarget } from './symbolizer.ts';

export interface SymbolRequest {
  readonly id: number;
  readonly target: SymbolTarget;
  readonly addresses: Float64Array;
}

export interface SymbolReply {
  readonly id: number;
  readonly batch: ResolvedBatch;
  /** Memory that the worker's symbol tables hold, about. */
  readonly sizeBytes: number;
}

/** Serves requests on a port until it closes. */
export function serveSymbols(port: MessagePort, options: SymbolizerOptions = {}): void {
  const symbolizer = new Symbolizer(options);
  let idle: NodeJS.Timeout | undefined;
  port.on('message', ({ id, target, addresses }: SymbolRequest) => {
    let batch: ResolvedBatch;
    try {
      batch = symbolizer.resolve(target, addresses);
    } catch (error) {
      // A defect of ours costs the names of one request, not those of all to come.
      batch = emptyBatch(addresses.length, `defect: ${(error as Error).message}`);
    }
    const reply: SymbolReply = { id, batch, sizeBytes: symbolizer.sizeBytes };
    port.postMessage(reply, buffersOf(batch));
    symbolizer.saveLines();
    clearTimeout(idle);
    idle = setTimeout(() => symbolizer.releaseLines(), SYMBOL_LIMITS.linesIdleMs).unref();
  });
  port.on('close', () => {
    clearTimeout(idle);
    symbolizer.close();
  });
}
