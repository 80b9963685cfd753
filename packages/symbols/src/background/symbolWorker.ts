// SPDX-License-Identifier: Apache-2.0
// The worker's side: answers one request after the other.
import type { MessagePort } from 'node:worker_threads';
import type { Debuginfod } from '../debuginfod/debuginfod.ts';
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

/** In place of a request: write down what is new, and end. */
export const CLOSE = 'close';

export interface ServeOptions extends SymbolizerOptions {
  /** Fetches debug files that are not on this host. */
  readonly debuginfod?: Debuginfod;
}

/** Serves requests on a port until it closes. Those that wait for a server hold up no others. */
export function serveSymbols(port: MessagePort, options: ServeOptions = {}): void {
  const symbolizer = new Symbolizer(options);
  const { debuginfod } = options;
  let idle: NodeJS.Timeout | undefined;
  const answer = ({ id, target, addresses }: SymbolRequest): void => {
    let batch: ResolvedBatch;
    try {
      batch = symbolizer.resolve(target, addresses);
    } catch (error) {
      // A defect of ours costs the names of one request, not those of all to come.
      batch = emptyBatch(addresses.length, `defect: ${(error as Error).message}`);
    }
    const reply: SymbolReply = { id, batch, sizeBytes: symbolizer.sizeBytes };
    port.postMessage(reply, buffersOf(batch));
    symbolizer.save();
    clearTimeout(idle);
    idle = setTimeout(() => symbolizer.releaseLines(), SYMBOL_LIMITS.linesIdleMs).unref();
  };
  port.on('message', (request: SymbolRequest | typeof CLOSE) => {
    if (request === CLOSE) {
      port.close();
      return;
    }
    const { target } = request;
    if (target.kind !== 'file' || debuginfod === undefined) {
      answer(request);
      return;
    }
    debuginfod
      .withDebugFile(target.file)
      .then((file) => answer({ ...request, target: { kind: 'file', file } }))
      .catch(() => answer(request));
  });
  port.on('close', () => {
    clearTimeout(idle);
    symbolizer.close();
  });
}
