// SPDX-License-Identifier: Apache-2.0
// Flags that several commands have.

export const targetFlags = {
  pid: {
    kind: 'integer',
    char: 'p',
    placeholder: 'PID',
    min: 1,
    max: 4_194_304,
    multiple: true,
    completion: 'pid',
    group: 'What to sample',
    summary: 'this process and its children; repeatable',
  },
  container: {
    kind: 'string',
    placeholder: 'ID',
    multiple: true,
    group: 'What to sample',
    summary: 'processes of the container whose ID begins so; repeatable',
  },
  cgroup: {
    kind: 'string',
    placeholder: 'PATH',
    multiple: true,
    group: 'What to sample',
    summary: 'processes of this cgroup or one below it; repeatable',
  },
  user: {
    kind: 'string',
    placeholder: 'USER',
    multiple: true,
    group: 'What to sample',
    summary: 'processes of this user, by name or number; repeatable',
  },
  process: {
    kind: 'string',
    placeholder: 'NAME',
    multiple: true,
    group: 'What to sample',
    summary: 'processes whose executable is called so; repeatable',
  },
} as const;

export const samplingFlags = {
  'samples-per-second': {
    kind: 'integer',
    char: 'F',
    placeholder: 'HZ',
    min: 1,
    max: 10_000,
    group: 'Sampling',
    summary: 'samples a second on each CPU; the default is 99',
  },
  'off-cpu-threshold': {
    kind: 'string',
    placeholder: 'SHARE',
    group: 'Sampling',
    summary: 'share of the times off a CPU to record, from 0 (the default) to 1',
  },
  probe: {
    kind: 'string',
    placeholder: 'WHERE',
    multiple: true,
    group: 'Sampling',
    summary:
      'stacks at a tracepoint or uprobe: tracepoint:SYS:NAME, uprobe:FILE:SYMBOL; repeatable',
  },
  kernel: {
    kind: 'boolean',
    negatable: true,
    group: 'Sampling',
    summary: "the kernel's part of stacks; the default",
  },
  event: {
    kind: 'option',
    placeholder: 'EVENT',
    values: ['cpu-clock', 'cycles'],
    group: 'Sampling',
    summary: 'what drives sampling: cpu-clock (the default) or cycles',
  },
} as const;

export const symbolFlags = {
  symbolize: {
    kind: 'option',
    placeholder: 'WHEN',
    values: ['on', 'off', 'lines'],
    group: 'Names',
    summary:
      'name functions on this host: on (the default), off, or lines: with source lines and inlined calls, as `record` has them in any case',
  },
  'send-error-frames': {
    kind: 'boolean',
    negatable: true,
    group: 'Names',
    summary: 'end stacks that could not be unwound with a frame that says why (the default)',
  },
  helper: {
    kind: 'string',
    placeholder: 'FILE',
    hidden: true,
    summary: 'use this otel-bpf-helper',
  },
} as const;
