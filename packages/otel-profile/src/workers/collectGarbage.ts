// SPDX-License-Identifier: Apache-2.0
// Sections of large files are read into buffers outside of V8's heap, which lets dozens of megabytes
// of them pile up before it looks: in a thread with bursts of work that is the peak of the whole tool.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MessagePort } from 'node:worker_threads';

const PILED_UP_BYTES = 12_582_912;

/** Collects after each message that leaves that much behind. Call it after the port's own handler. */
export function collectAfterMessages(port: MessagePort): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let kept = 0;
  port.on('message', () => {
    // Not process.memoryUsage(), which reads /proc.
    if (getHeapStatistics().external_memory - kept < PILED_UP_BYTES) return;
    collect();
    kept = getHeapStatistics().external_memory;
  });
}

/**
 * The demangler is WebAssembly, which V8 optimizes after some hundred names: that takes longer than
 * to demangle all names of a host. Beyond many times as much work it is still done.
 */
export function spareWasmTiering(): void {
  setFlagsFromString('--wasm-tiering-budget=200000000');
}
