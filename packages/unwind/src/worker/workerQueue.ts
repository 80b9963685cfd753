// SPDX-License-Identifier: Apache-2.0
// One long-lived worker, so that its code stays compiled; it ends when it has long been idle.
import { Worker } from 'node:worker_threads';
import { UNWIND_LIMITS } from '../limits.ts';
import { runTableJob, type TableAnswer, type TableJob } from './tableJob.ts';

/** A thread's heap starts with 48 MB of young objects otherwise; tables are made in typed arrays. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 8 };

interface Waiting {
  readonly job: TableJob;
  readonly resolve: (answer: TableAnswer) => void;
}

export class WorkerQueue {
  readonly #workerFile: URL | string | undefined;
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #current: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasAnswered = false;
  #isClosed = false;
  /** The worker could not even be started: its work is done here. */
  #isInline: boolean;

  /** @param workerFile a module that calls serveUnwindTables(); undefined: no worker */
  constructor(workerFile: URL | string | undefined) {
    this.#workerFile = workerFile;
    this.#isInline = workerFile === undefined;
  }

  get length(): number {
    return this.#waiting.length + (this.#current === undefined ? 0 : 1);
  }

  /** Never rejects. The job's descriptor must stay open until then. */
  run(job: TableJob): Promise<TableAnswer> {
    if (this.#isClosed) return Promise.resolve(refused(job, 'the tables are closed'));
    if (this.#isInline) return Promise.resolve(runTableJob(job));
    if (this.length >= UNWIND_LIMITS.queuedTables) {
      return Promise.resolve(refused(job, `${UNWIND_LIMITS.queuedTables} files already wait`));
    }
    return new Promise((resolve) => {
      this.#waiting.push({ job, resolve });
      this.#next();
    });
  }

  /** What waits is answered with a problem. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    for (const { job, resolve } of this.#waiting.splice(0)) {
      resolve(refused(job, 'the tables were closed'));
    }
    this.#finish((job) => refused(job, 'the tables were closed'));
    await worker?.terminate();
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const next = this.#waiting.shift();
    clearTimeout(this.#timer);
    if (next === undefined) {
      this.#restWorker();
      return;
    }
    this.#current = next;
    if (this.#isInline) {
      this.#finish(runTableJob);
      return;
    }
    const worker = this.#worker ?? this.#start();
    worker.ref();
    this.#timer = setTimeout(() => {
      this.#lose(worker, `took longer than ${UNWIND_LIMITS.tableMs} ms`);
      void worker.terminate();
    }, UNWIND_LIMITS.tableMs);
    worker.postMessage(next.job);
  }

  #start(): Worker {
    const worker = new Worker(this.#workerFile!, {
      name: 'unwind tables',
      resourceLimits: WORKER_LIMITS,
    });
    this.#worker = worker;
    this.#hasAnswered = false;
    worker.on('message', (answer: TableAnswer) => {
      if (worker !== this.#worker) return;
      this.#hasAnswered = true;
      this.#finish(() => answer);
    });
    worker.on('error', (error) => this.#lose(worker, `the worker failed: ${error.message}`));
    worker.on('exit', () => this.#lose(worker, 'the worker ended'));
    return worker;
  }

  /** The worker is gone; one that never answered will not do so next time either. */
  #lose(worker: Worker, problem: string): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    if (this.#hasAnswered || problem.startsWith('took')) {
      this.#finish((job) => refused(job, problem));
      return;
    }
    this.#isInline = true;
    this.#finish(runTableJob);
  }

  #finish(answer: (job: TableJob) => TableAnswer): void {
    const done = this.#current;
    if (done === undefined) return;
    this.#current = undefined;
    done.resolve(answer(done.job));
    this.#next();
  }

  #restWorker(): void {
    const worker = this.#worker;
    if (worker === undefined) return;
    worker.unref();
    this.#timer = setTimeout(() => {
      if (worker !== this.#worker) return;
      this.#worker = undefined;
      void worker.terminate();
    }, UNWIND_LIMITS.idleWorkerMs);
    this.#timer.unref();
  }
}

function refused(job: TableJob, problem: string): TableAnswer {
  return { id: job.id, table: undefined, problem };
}
