// SPDX-License-Identifier: Apache-2.0
// What the kernel is and allows. Versions are told, never judged by: backports make them lie.
import { statSync } from 'node:fs';
import {
  type HostCheck,
  type HostInput,
  type HostQuestion,
  hasCapability,
  textOf,
} from './types.ts';

const kernel: HostQuestion = ({ kernelRelease }) => {
  const [major = 0, minor = 0] = kernelRelease.split('.').map((part) => Number.parseInt(part, 10));
  const isOld = major < 5 || (major === 5 && minor < 8);
  return {
    id: 'kernel',
    title: 'Kernel',
    verdict: isOld ? 'partly' : 'yes',
    found: kernelRelease,
    ...(isOld && {
      costs: 'profiles and probes by BPF need what Linux 5.8 brought (ring buffer)',
      hint: 'reading binaries and processes works all the same',
    }),
  };
};

const btf: HostQuestion = ({ sysRoot }) => {
  const path = `${sysRoot}/kernel/btf/vmlinux`;
  const isThere = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return {
    id: 'btf',
    title: 'Kernel types (BTF)',
    verdict: isThere ? 'yes' : 'no',
    found: isThere ? path : `${path} is missing`,
    ...(!isThere && {
      costs: 'BPF programs cannot adapt to this kernel',
      hint: 'a kernel built with CONFIG_DEBUG_INFO_BTF=y, as distributions do since 2020',
    }),
  };
};

const perfEvents: HostQuestion = (input) => {
  const base = { id: 'perf', title: 'Perf events' };
  const read = textOf(input.fs, `${input.fs.root}/sys/kernel/perf_event_paranoid`);
  if (read.missing !== undefined) {
    const found = `perf_event_paranoid cannot be read (${read.missing})`;
    return { ...base, verdict: 'unknown', found, costs: 'sampling may be impossible' };
  }
  const found = `perf_event_paranoid is ${read.text}`;
  if (hasCapability(input, 'PERFMON')) {
    return { ...base, verdict: 'yes', found: `${found}; CAP_PERFMON stands above it` };
  }
  const level = Number(read.text);
  return {
    ...base,
    verdict: level < 0 ? 'yes' : level <= 1 ? 'partly' : 'no',
    found,
    ...(level >= 0 && {
      costs: 'no sampling of the whole system',
      hint: 'run as root, give CAP_PERFMON, or sysctl kernel.perf_event_paranoid=-1',
    }),
  };
};

const kernelSymbols: HostQuestion = (input) => {
  const base = { id: 'kallsyms', title: 'Kernel symbols' };
  const restrict = textOf(input.fs, `${input.fs.root}/sys/kernel/kptr_restrict`);
  const says =
    restrict.missing === undefined ? `kptr_restrict is ${restrict.text}` : 'no kptr_restrict';
  const first = firstKernelSymbol(input);
  if (first === undefined) {
    const costs = 'kernel frames stay addresses';
    return { ...base, verdict: 'no', found: '/proc/kallsyms cannot be read', costs };
  }
  const isHidden = /^0+ /.test(first);
  return {
    ...base,
    verdict: isHidden ? 'no' : 'yes',
    found: isHidden ? `addresses are hidden (${says})` : `addresses are shown (${says})`,
    ...(isHidden && {
      costs: 'kernel frames stay addresses',
      hint: 'run as root with kernel.kptr_restrict at most 1, or give CAP_SYSLOG',
    }),
  };
};

function firstKernelSymbol({ fs }: HostInput): string | undefined {
  try {
    return fs.readHost('kallsyms', 128).bytes.toString('latin1');
  } catch {
    return undefined;
  }
}

const unprivilegedBpf: HostQuestion = (input) => {
  const base = { id: 'bpf', title: 'BPF' };
  const read = textOf(input.fs, `${input.fs.root}/sys/kernel/unprivileged_bpf_disabled`);
  const found =
    read.missing === undefined
      ? `unprivileged_bpf_disabled is ${read.text}`
      : 'no unprivileged_bpf_disabled: a kernel without BPF, or a container that hides it';
  if (hasCapability(input, 'BPF')) {
    return { ...base, verdict: 'yes', found: `${found}; CAP_BPF is there` };
  }
  return {
    ...base,
    verdict: 'no',
    found: `${found}; CAP_BPF is not there`,
    costs: 'no profiling and no Go probes',
    hint: 'run as root, or give CAP_BPF and CAP_PERFMON',
  };
};

const lockdown: HostQuestion = ({ fs, sysRoot }) => {
  const base = { id: 'lockdown', title: 'Lockdown' };
  const path = `${sysRoot}/kernel/security/lockdown`;
  const read = textOf(fs, path);
  if (read.missing !== undefined) {
    return {
      ...base,
      verdict: 'unknown',
      found: `${path} is not there: not "off", but not known`,
      costs: 'whether probes may write trace context cannot be told beforehand',
      hint: 'mount -t securityfs none /sys/kernel/security',
    };
  }
  const mode = /\[(\w+)\]/.exec(read.text)?.[1] ?? read.text;
  if (mode === 'none') return { ...base, verdict: 'yes', found: 'none' };
  const isTotal = mode === 'confidentiality';
  return {
    ...base,
    verdict: isTotal ? 'no' : 'partly',
    found: mode,
    costs: isTotal
      ? 'BPF may not read memory: no profiling, no probes'
      : 'probes may not write into programs: trace context is passed on by sockets only',
    hint: 'it is set by Secure Boot or the lockdown= kernel parameter',
  };
};

const ptraceScope: HostQuestion = (input) => {
  const base = { id: 'ptrace-scope', title: 'Access to processes' };
  const read = textOf(input.fs, `${input.fs.root}/sys/kernel/yama/ptrace_scope`);
  const found =
    read.missing === undefined ? `Yama's ptrace_scope is ${read.text}` : 'no Yama: the usual rules';
  if (hasCapability(input, 'SYS_PTRACE')) {
    return { ...base, verdict: 'yes', found: `${found}; CAP_SYS_PTRACE is there` };
  }
  const isAdminOnly = read.missing === undefined && Number(read.text) >= 2;
  return {
    ...base,
    verdict: isAdminOnly ? 'no' : 'partly',
    found: `${found}; without CAP_SYS_PTRACE only one's own processes are seen`,
    costs: "other users' programs, libraries and containers stay unknown",
    hint: 'run as root, or give CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH',
  };
};

export const KERNEL_CHECKS: readonly ((input: HostInput) => HostCheck)[] = [
  kernel,
  btf,
  perfEvents,
  kernelSymbols,
  unprivilegedBpf,
  lockdown,
  ptraceScope,
];
