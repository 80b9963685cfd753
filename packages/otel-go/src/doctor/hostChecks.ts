// SPDX-License-Identifier: Apache-2.0
// What this host allows, as the helper tried it.
import {
  type BpfHelper,
  HelperError,
  type HostNeed,
  isLackOfRight,
  needChecks,
} from '@otelkit/bpf-client';
import type { DoctorCheck } from './check.ts';

const ROOT_HINT = 'run as root, or with CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN and CAP_SYS_PTRACE';

const NOTHING = 'nothing can be traced';

/** Members of the reply to `probe` that tracing needs. */
const NEEDS: readonly HostNeed[] = [
  {
    id: 'uprobes',
    title: 'Uprobes',
    isVital: true,
    costs: NOTHING,
    hint: 'a kernel with CONFIG_UPROBE_EVENTS has them',
  },
  {
    id: 'ringBuffer',
    title: 'BPF ring buffer',
    isVital: true,
    costs: 'spans cannot be taken out of the kernel',
    hint: 'Linux 5.8 or newer has it',
  },
  {
    id: 'btf',
    title: 'Kernel types',
    isVital: false,
    costs: 'the context cannot be sent on at send time',
    hint: 'a kernel with CONFIG_DEBUG_INFO_BTF has /sys/kernel/btf/vmlinux',
  },
  {
    id: 'taskRecords',
    title: 'Task records',
    isVital: false,
    costs: 'programs that start later are not found',
    hint: ROOT_HINT,
  },
  {
    id: 'initialPidNamespace',
    title: 'PID namespace',
    isVital: true,
    costs: 'process numbers mean nothing in here',
    hint: 'start the container with --pid=host (Kubernetes: hostPID: true)',
  },
  {
    id: 'bpfJit',
    title: 'BPF JIT',
    isVital: false,
    costs: 'each probe costs some ten times as much',
    hint: 'sysctl net.core.bpf_jit_enable=1',
  },
];

/** One check for each need that the helper told of. */
export function featureChecks(features: Readonly<Record<string, unknown>>): DoctorCheck[] {
  return needChecks(features, NEEDS, ROOT_HINT);
}

interface Propagation {
  readonly mechanism?: string;
  readonly why?: Readonly<Record<string, string>>;
}

/** Loads all programs as `attach` does, without attaching them. */
export async function tracerChecks(helper: BpfHelper): Promise<DoctorCheck[]> {
  const base = { id: 'programs', title: 'BPF programs' };
  try {
    const reply = await helper.request('goStart', { processes: false });
    const features = (reply['features'] ?? {}) as Readonly<Record<string, unknown>>;
    const found = `loaded in ${Number(reply['loadMs'] ?? 0)} ms`;
    const checks: DoctorCheck[] = [{ ...base, verdict: 'ok', found }];
    if (features['uprobeMulti'] === false) checks.push(oneByOne());
    checks.push(propagationCheck(features));
    return checks;
  } catch (error) {
    if (!(error instanceof HelperError)) throw error;
    const hint = isLackOfRight(`${error.message} ${error.code}`) ? ROOT_HINT : error.hint;
    const check = { ...base, verdict: 'bad' as const, found: error.message, costs: NOTHING };
    return [hint === undefined ? check : { ...check, hint }];
  }
}

function oneByOne(): DoctorCheck {
  return {
    id: 'uprobeMulti',
    title: 'Probes at once',
    verdict: 'ok',
    found: 'not in this kernel (Linux 6.6 has it): probes are attached one by one, a little slower',
  };
}

/** The verifier's words are for those who load programs: of a refused call its name is enough. */
function shortReason(text: string): string {
  const call = /cannot use helper (\w+)/.exec(text)?.[1];
  return call === undefined ? text : `the kernel does not allow ${call}`;
}

/** Lockdown is tried, not parsed: a kernel without the file may refuse all the same. */
export function propagationCheck(features: Readonly<Record<string, unknown>>): DoctorCheck {
  const base = { id: 'propagation', title: 'Context to others' };
  const propagation = features['propagation'] as Propagation | undefined;
  const mechanism =
    propagation?.mechanism ?? (features['writeUser'] === true ? 'writeBuffer' : undefined);
  const why = Object.values(propagation?.why ?? {})
    .filter((text) => text !== '')
    .map(shortReason);
  const because = why.length === 0 ? '' : ` (${why.join('; ')})`;
  if (mechanism === 'writeBuffer') {
    return { ...base, verdict: 'ok', found: 'traceparent is written into outgoing requests' };
  }
  if (mechanism === 'sendTime') {
    return {
      ...base,
      verdict: 'warning',
      found: `traceparent is inserted when a request is sent, as writing memory is refused${because}`,
      costs: 'requests over TLS carry no context: what they call begins a trace of its own',
      hint: 'boot with lockdown=none where TLS between services matters',
    };
  }
  return {
    ...base,
    verdict: mechanism === 'none' ? 'warning' : 'unknown',
    found: `this host allows no way of sending the context on${because}`,
    costs: 'each service has traces of its own; inside one, and from callers, parents are right',
  };
}
