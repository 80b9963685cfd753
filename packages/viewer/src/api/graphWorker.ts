// SPDX-License-Identifier: Apache-2.0
// Asks for a call tree and makes it ready beside the page: 200,000 nodes are megabytes of JSON, and
// a page that follows new samples would stand still for each of them.
import type { Graph } from '../contract.ts';
import {
  type FlameModel,
  modelOf,
  type SandwichInput,
  type SandwichParts,
  sandwichOf,
} from '../layout/flameModel.ts';
import { type Answer, getJson } from './requests.ts';

export type GraphTask =
  | { readonly id: number; readonly kind: 'graph'; readonly url: string }
  | {
      readonly id: number;
      readonly kind: 'sandwich';
      readonly input: SandwichInput;
      readonly wanted: number;
    }
  | { readonly id: number; readonly kind: 'abort' };

export interface GraphAnswer {
  readonly id: number;
  readonly answer: Answer<FlameModel | SandwichParts>;
}

const scope = self as unknown as {
  onmessage: (event: { readonly data: GraphTask }) => void;
  postMessage(answer: GraphAnswer, transfer: ArrayBuffer[]): void;
};
const running = new Map<number, AbortController>();

scope.onmessage = ({ data: task }) => {
  const { id } = task;
  if (task.kind === 'abort') {
    running.get(id)?.abort();
    return;
  }
  if (task.kind === 'sandwich') {
    const data = sandwichOf(task.input, task.wanted);
    give(id, { data });
    return;
  }
  const controller = new AbortController();
  running.set(id, controller);
  graphAt(task.url, controller.signal)
    .then(
      (answer) => give(id, answer),
      () => {
        // Aborted: nobody waits.
      },
    )
    .finally(() => running.delete(id));
};

async function graphAt(url: string, signal: AbortSignal): Promise<Answer<FlameModel>> {
  const answer = await getJson<Graph>(url, signal);
  if ('failure' in answer) return answer;
  try {
    return { data: modelOf(answer.data) };
  } catch (error) {
    const message = `The call tree could not be read: ${String(error)}`;
    return { failure: { message, hint: 'Try a shorter range.', status: 200 } };
  }
}

function give(id: number, answer: GraphAnswer['answer']): void {
  const buffers = new Set<ArrayBuffer>();
  if ('data' in answer) collect(answer.data, buffers);
  scope.postMessage({ id, answer }, [...buffers]);
}

/** Columns change hands rather than being copied. They lie at most three objects deep. */
function collect(value: object, buffers: Set<ArrayBuffer>): void {
  for (const part of Object.values(value)) {
    if (ArrayBuffer.isView(part)) buffers.add(part.buffer as ArrayBuffer);
    else if (typeof part === 'object' && part !== null && !Array.isArray(part)) {
      collect(part, buffers);
    }
  }
}
