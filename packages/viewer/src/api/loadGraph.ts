// SPDX-License-Identifier: Apache-2.0
// The page's side of graphWorker.ts: one worker for all views, and for the life of the page.
import type { FlameModel, SandwichInput, SandwichParts } from '../layout/flameModel.ts';
import type { GraphAnswer, GraphTask } from './graphWorker.ts';
import type { Answer } from './requests.ts';

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, (answer: GraphAnswer['answer']) => void>();

/**
 * @param path of a graph, relative to the page
 * @throws (rejects) an AbortError when the signal says so
 */
export function loadGraph(path: string, signal: AbortSignal): Promise<Answer<FlameModel>> {
  // A worker's own address is another one than the page's.
  const { href } = new URL(path, document.baseURI);
  return send({ id: ++lastId, kind: 'graph', url: href }, signal);
}

/** Callers and callees of a function of a model; aborts as {@link loadGraph} does. */
export function loadSandwich(
  { base, functions, tree, whole }: SandwichInput,
  wanted: number,
  signal: AbortSignal,
): Promise<Answer<SandwichParts>> {
  // A copy of what is needed: memory moves faster than a picture is drawn.
  const input = { base, functions, tree, whole };
  return send({ id: ++lastId, kind: 'sandwich', input, wanted }, signal);
}

function send<T>(task: GraphTask, signal: AbortSignal): Promise<Answer<T>> {
  const { id } = task;
  worker ??= startWorker();
  worker.postMessage(task);
  return new Promise((resolve, reject) => {
    waiting.set(id, (answer) => resolve(answer as Answer<T>));
    signal.addEventListener('abort', () => {
      if (!waiting.delete(id)) return;
      worker?.postMessage({ id, kind: 'abort' } satisfies GraphTask);
      reject(new DOMException('superseded', 'AbortError'));
    });
  });
}

function startWorker(): Worker {
  const started = new Worker(new URL('./graphWorker.ts', import.meta.url), { type: 'module' });
  started.onmessage = ({ data: { id, answer } }: MessageEvent<GraphAnswer>) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  started.onerror = () => {
    // The next question gets a worker of its own.
    worker?.terminate();
    worker = undefined;
    const hint = 'The browser ended what reads call trees. Reload the page, or choose less.';
    const failure = { message: 'The call tree could not be read.', hint, status: 0 };
    for (const resolve of waiting.values()) resolve({ failure });
    waiting.clear();
  };
  return started;
}
