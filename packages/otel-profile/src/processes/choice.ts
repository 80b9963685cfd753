// SPDX-License-Identifier: Apache-2.0
// Whose samples are taken. The helper is told to leave programs that nobody wants: their files are
// never read, so that each sample of them would be a copy of the stack, to be thrown away here.
import type { BpfHelper } from '@otelkit/bpf-client';
import type { ProcessImage } from './processTable.ts';

export interface Chosen {
  /** False for programs that nobody wants: they are not sampled any more. Asked once for each. */
  readonly isChosen?: ((image: ProcessImage) => boolean) | undefined;
  /** False for processes whose samples are not wanted now. */
  readonly isWanted?: ((image: ProcessImage) => boolean) | undefined;
}

/** See the file's head. */
export class Choice {
  readonly #chosen: Chosen;
  readonly #helper: Pick<BpfHelper, 'request'>;
  readonly #left = new WeakSet<ProcessImage>();

  constructor(chosen: Chosen, helper: Pick<BpfHelper, 'request'>) {
    this.#chosen = chosen;
    this.#helper = helper;
  }

  isWanted(image: ProcessImage): boolean {
    const { isChosen, isWanted } = this.#chosen;
    if (isChosen === undefined || isChosen(image)) return isWanted === undefined || isWanted(image);
    this.#leave(image);
    return false;
  }

  #leave(image: ProcessImage): void {
    if (this.#left.has(image)) return;
    this.#left.add(image);
    const { pid, startNs } = image;
    // A helper that ended samples nobody.
    this.#helper.request('leave', { pid, sinceNs: Math.ceil(startNs) }).catch(() => {});
  }
}
