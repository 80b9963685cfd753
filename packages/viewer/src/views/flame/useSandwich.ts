// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { loadSandwich } from '../../api/loadGraph.ts';
import type { Failure } from '../../api/requests.ts';
import type { FlameModel, SandwichParts } from '../../layout/flameModel.ts';

export interface Sandwiched {
  /** What the parts are of; not yet the newest while the next ones are made. */
  readonly model: FlameModel;
  readonly wanted: number;
  readonly parts: SandwichParts;
}

/** @param wanted a function of the model, -1 for none */
export function useSandwich(model: FlameModel, wanted: number): Sandwiched | Failure | undefined {
  const [made, setMade] = useState<Sandwiched | Failure>();
  useEffect(() => {
    if (wanted < 0) return;
    const controller = new AbortController();
    loadSandwich(model, wanted, controller.signal).then(
      (answer) =>
        setMade('data' in answer ? { model, wanted, parts: answer.data } : answer.failure),
      () => {
        // Superseded by the next one.
      },
    );
    return () => controller.abort();
  }, [model, wanted]);
  return made;
}
