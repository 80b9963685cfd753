// SPDX-License-Identifier: Apache-2.0
// A small profile with everything that makes formats stumble.

import type { Profile } from '../../src/model/profile.ts';
import { ProfileBuilder } from '../../src/model/profileBuilder.ts';

export const HZ = 100;
export const PERIOD_NS = 1e9 / HZ;
export const HOSTILE_NAME = 'evil;name\n\x1b[31m "q" \u{1f480} \udc80';

/** 7 on-CPU samples of two processes, and 2 ms off CPU. */
export function sampleProfile(): Profile {
  const builder = new ProfileBuilder([
    {
      type: 'samples',
      unit: 'count',
      periodType: 'cpu',
      periodUnit: 'nanoseconds',
      period: PERIOD_NS,
    },
    { type: 'off_cpu', unit: 'nanoseconds' },
    { type: 'events', unit: 'count' },
  ]);
  const app = { fileName: '/opt/app', buildIdGnu: '0123abcd' };
  const libc = { fileName: '/usr/lib/libc.so.6', buildIdGnu: 'feed' };
  const kernel = { fileName: '[kernel]', buildIdGnu: 'beef' };
  const native = (functionName: string, address: number, line = 0) =>
    builder.frame({ kind: 'native', mapping: app, address, functionName, fileName: 'a.c', line });
  const main = native('main', 0x1000, 10);
  const mainLater = native('main', 0x1050, 12);
  const work = native('work', 0x1100, 20);
  const inner = builder.frame({
    kind: 'native',
    mapping: app,
    address: 0x1100,
    functionName: 'inner',
    fileName: 'a.h',
    line: 5,
    functionStartLine: 4,
    inlined: true,
  });
  const hostile = native(HOSTILE_NAME, 0x1200);
  const unnamed = builder.frame({ kind: 'native', mapping: libc, address: 0x9abc });
  const read = builder.frame({
    kind: 'kernel',
    mapping: kernel,
    address: 0xffffffff81000040n,
    functionName: 'vfs_read',
  });
  const stacks = [
    builder.stack([inner, work, main]),
    builder.stack([read, unnamed, mainLater]),
    builder.stack([hostile, main, main]),
  ];
  const processes = [
    builder.process({
      pid: 10,
      name: 'app',
      executable: '/opt/app',
      containerId: 'c0ffee',
      serviceName: 'shop',
    }),
    builder.process({
      pid: 11,
      name: 'app;2',
      executable: '/opt/app',
      containerId: '',
      serviceName: '',
    }),
  ];
  const row = { threadName: builder.string('worker'), cpu: 1, kind: 0, value: 1, timeNs: 0 };
  const add = (process: number, stack: number, times: number): void => {
    for (let i = 0; i < times; i++) {
      row.timeNs += PERIOD_NS;
      builder.sample({
        ...row,
        threadId: 10 + process,
        process: processes[process]!,
        stack: stacks[stack]!,
      });
    }
  };
  add(0, 0, 3);
  add(0, 1, 2);
  add(1, 2, 1);
  add(1, 0, 1);
  const offCpu = { ...row, kind: 1, value: 2_000_000, threadId: 11 };
  builder.sample({ ...offCpu, process: processes[1]!, stack: stacks[1]! });
  return builder.finish(1_800_000_000_000_000_000n, 1e9, ['otel-profile record', 'lost: 0']);
}

/** No samples at all. */
export function emptyProfile(): Profile {
  return new ProfileBuilder([{ type: 'samples', unit: 'count' }]).finish(0n, 0);
}
