// SPDX-License-Identifier: Apache-2.0
// The answers of the helper's probe in a person's words.
import { type HostNeed, needChecks } from '@otelkit/bpf-client';
import type { DoctorCheck } from './check.ts';

/** Members of the probe's `features`; what a newer helper adds is not known here. */
export type Features = Readonly<Record<string, unknown>>;

const ROOT_HINT = 'run as root, or with the capabilities that docs/profile.md names';

const NEEDS: readonly HostNeed[] = [
  {
    id: 'programs',
    title: 'BPF programs',
    isVital: true,
    costs: 'nothing can be sampled',
    hint: ROOT_HINT,
  },
  {
    id: 'perfEvent',
    title: 'Perf events',
    isVital: true,
    costs: 'nothing can be sampled',
    hint: ROOT_HINT,
  },
  {
    id: 'cpuClock',
    title: 'CPU clock',
    isVital: true,
    costs: 'nothing drives the sampling',
    hint: ROOT_HINT,
  },
  {
    id: 'freeze',
    title: 'Freeze defect',
    isVital: true,
    costs: 'reading user memory from BPF can freeze this kernel',
    hint: 'update the kernel; --no-kernel-version-check samples all the same',
  },
  {
    id: 'ringBuffer',
    title: 'BPF ring buffer',
    isVital: true,
    costs: 'samples cannot be taken out of the kernel',
    hint: 'Linux 5.8 or newer has it',
  },
  {
    id: 'mmapableArrays',
    title: 'Mapped arrays',
    isVital: true,
    costs: 'tables cannot be loaded',
    hint: 'Linux 5.5 or newer has them',
  },
  {
    id: 'taskRecords',
    title: 'Task records',
    isVital: true,
    costs: 'new programs and libraries are not seen',
    hint: ROOT_HINT,
  },
  {
    id: 'btf',
    title: 'Kernel types',
    isVital: true,
    costs: 'the programs cannot be fitted to this kernel',
    hint: 'a kernel with CONFIG_DEBUG_INFO_BTF has /sys/kernel/btf/vmlinux',
  },
  {
    id: 'initialPidNamespace',
    title: 'PID namespace',
    isVital: true,
    costs: 'process numbers of samples mean nothing in here',
    hint: 'start the container with --pid=host (Kubernetes: hostPID: true)',
  },
  {
    id: 'bpfLoop',
    title: 'bpf_loop',
    isVital: false,
    costs: 'stacks are unwound in steps of 16 frames, a little slower',
  },
  {
    id: 'bpfJit',
    title: 'BPF JIT',
    isVital: false,
    costs: 'each sample costs some ten times as much',
    hint: 'sysctl net.core.bpf_jit_enable=1',
  },
  {
    id: 'hardwareCycles',
    title: 'Hardware counters',
    isVital: false,
    costs: '--event cycles is not available; the CPU clock is used',
  },
  {
    id: 'offCpuPrograms',
    title: 'Off-CPU',
    isVital: false,
    costs: '--off-cpu-threshold records nothing',
  },
  { id: 'uprobes', title: 'Uprobes', isVital: false, costs: '--probe uprobe:… cannot be attached' },
  {
    id: 'tracefs',
    title: 'Tracepoints',
    isVital: false,
    costs: '--probe tracepoint:… cannot be attached',
    hint: 'mount -t tracefs none /sys/kernel/tracing',
  },
];

/** One check for each need that the helper told of. */
export function featureChecks(features: Features): DoctorCheck[] {
  return needChecks(features, NEEDS, ROOT_HINT);
}

/** Capabilities that the helper uses, and what each is for. */
const CAPABILITIES: Readonly<Record<string, string>> = {
  CAP_BPF: 'loading BPF programs',
  CAP_PERFMON: 'sampling and reading kernel memory',
  CAP_SYS_PTRACE: 'reading /proc of other users’ processes',
  CAP_DAC_READ_SEARCH: 'reading files that only others may read',
  CAP_CHECKPOINT_RESTORE: 'opening deleted and container files by map_files',
  CAP_SYSLOG: 'kernel function names',
};

export function capabilityCheck(features: Features): DoctorCheck | undefined {
  const held = features['capabilities'] as Readonly<Record<string, boolean>> | undefined;
  if (held === undefined) return undefined;
  // The one that stood for all of them before Linux 5.8.
  const hasAll = held['CAP_SYS_ADMIN'] === true;
  const missing = Object.keys(CAPABILITIES).filter((name) => held[name] !== true);
  const base = { id: 'capabilities', title: 'Capabilities' };
  if (missing.length === 0) return { ...base, verdict: 'ok', found: 'all that are used' };
  const costs = missing.map((name) => `${name}: ${CAPABILITIES[name]}`).join('; ');
  const isVital = !hasAll && missing.some((name) => name === 'CAP_BPF' || name === 'CAP_PERFMON');
  const verdict = isVital ? 'bad' : 'warning';
  return { ...base, verdict, found: `${missing.join(', ')} missing`, costs, hint: ROOT_HINT };
}

/** Settings of the kernel that hide something. */
export function settingChecks(features: Features): DoctorCheck[] {
  const checks: DoctorCheck[] = [];
  const kptr = features['kptrRestrict'];
  if (kptr === '2') {
    checks.push({
      id: 'kptrRestrict',
      title: 'Kernel addresses',
      verdict: 'warning',
      found: 'kernel.kptr_restrict = 2',
      costs: 'kernel functions have no names',
      hint: 'sysctl kernel.kptr_restrict=1',
    });
  }
  const lockdown = features['lockdown'];
  if (lockdown === 'confidentiality') {
    checks.push({
      id: 'lockdown',
      title: 'Lockdown',
      verdict: 'bad',
      found: 'confidentiality',
      costs: 'BPF may not read kernel memory: nothing can be sampled',
      hint: 'boot with lockdown=integrity',
    });
  }
  return checks;
}
