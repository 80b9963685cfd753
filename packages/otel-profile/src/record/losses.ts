// SPDX-License-Identifier: Apache-2.0
// What was not seen, in words: a profile that lacks something must not pass for a whole one.
import type { Profiler } from '../tracer/profiler.ts';

/** One line for each reason by which samples or parts of stacks are missing. */
export function lossesOf({ statistics, counts, files }: Profiler): string[] {
  const lines: string[] = [];
  const { counters = {}, pipeDropped = 0, pipeDroppedRawCopies = 0 } = statistics;
  const add = (count: number | undefined, text: string): void => {
    if (count !== undefined && count > 0) lines.push(`${count} ${text}`);
  };
  add(counters['ringFull'], 'samples lost: the ring buffer was full');
  add(pipeDropped + pipeDroppedRawCopies, 'samples dropped: the tool was too slow to take them');
  add(counters['truncatedDepth'], 'stacks cut: deeper than 1024 frames');
  add(counters['noMapping'], 'stacks end early: no code is known at the next address');
  add(counters['noUnwindInfo'], 'stacks end early: no unwind information');
  add(counters['stackUnreadable'], 'stacks end early: the stack could not be read');
  add(counters['badRule'], 'stacks end early: an unwind rule that cannot be followed');
  add(counters['badFramePointer'], 'stacks end early: a frame pointer that leads nowhere');
  add(counters['noProgress'], 'stacks end early: they lead back to themselves');
  add(counters['compat32'], 'stacks of 32-bit programs were not unwound');
  add(counters['rawCopiesLimited'], 'stacks lack callers: too many were copied at once');
  add(counts.withoutProcess, 'samples of processes that no record told of');
  const failed = [...files.all()].filter(({ state }) => state === 'failed');
  add(failed.length, `files could not be read: ${failed.map(({ path }) => path).join(', ')}`);
  return lines;
}
