// SPDX-License-Identifier: Apache-2.0
// /proc/PID/cgroup (cgroups(7)) → container, pod, systemd unit. Only the forms that the runtimes
// are known to write are believed: an ID guessed from anything long would be worse than none.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';

export interface CgroupMembership {
  /** 0 for the unified hierarchy (cgroup v2). */
  readonly hierarchyId: number;
  readonly controllers: readonly string[];
  readonly path: string;
}

export interface ContainerIdentity {
  readonly id: string;
  /** Which runtime's form the path has; `unknown` where several share it. */
  readonly runtime: ContainerRuntime;
  /** Kubernetes pod UID, dashes restored. */
  readonly podUid?: string;
  /** AWS ECS task. */
  readonly taskId?: string;
}

export type ContainerRuntime =
  | 'docker'
  | 'containerd'
  | 'cri-o'
  | 'podman'
  | 'lxc'
  | 'ecs'
  | 'nspawn'
  | 'garden'
  | 'kubernetes'
  | 'unknown';

const HEX_64 = /^[0-9a-f]{64}$/;
const HEX_32 = /^[0-9a-f]{32}$/;
const ECS_FARGATE = /^([0-9a-f]{32})-\d{6,12}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const GARDEN = /^[0-9a-f]{8}(-[0-9a-f]{4}){4}$/;
const POD_DIRECTORY = /^pod([0-9a-f-]{32,36})$/;
const POD_SLICE = /^kubepods(?:-burstable|-besteffort)?-pod([0-9a-f_]{32,36})\.slice$/;
// The monitors of cri-o and podman (…-conmon-…) are no containers, and do not match.
const SCOPE = /^(docker|cri-containerd|crio|libpod|nerdctl)-([0-9a-f]{64})\.scope$/;
const NSPAWN = /^machine-(.{1,128})\.scope$/;

const SCOPE_RUNTIMES: Readonly<Record<string, ContainerRuntime>> = {
  docker: 'docker',
  'cri-containerd': 'containerd',
  nerdctl: 'containerd',
  crio: 'cri-o',
  libpod: 'podman',
};

/** Parses the file; lines that make no sense are left out. Paths may hold anything but newlines. */
export function parseCgroups(bytes: Uint8Array): CgroupMembership[] {
  const result: CgroupMembership[] = [];
  for (const line of decodeBytes(bytes).split('\n', LIMITS.procStrings)) {
    const match = /^(\d{1,9}):([^:]*):(\/.*)$/s.exec(line);
    if (match === null) continue;
    const controllers = match[2] === '' ? [] : match[2]!.split(',');
    result.push({ hierarchyId: Number(match[1]), controllers, path: match[3]! });
  }
  return result;
}

/** The innermost container that the memberships name, or undefined. */
export function containerOf(
  memberships: readonly CgroupMembership[],
): ContainerIdentity | undefined {
  let best: ContainerIdentity | undefined;
  for (const membership of memberships) {
    const found = containerOfPath(membership.path);
    if (found === undefined) continue;
    if (best === undefined || rank(found) > rank(best)) best = found;
  }
  return best;
}

function rank(container: ContainerIdentity): number {
  const isExact = HEX_64.test(container.id) ? 2 : 0;
  return isExact + (container.podUid === undefined ? 0 : 1);
}

/** The innermost container that one cgroup path names. */
export function containerOfPath(path: string): ContainerIdentity | undefined {
  const segments = path.split('/');
  for (let i = segments.length - 1; i > 0; i--) {
    const found = containerOfSegment(segments[i]!, segments[i - 1]!);
    if (found === undefined) continue;
    const podUid = podOf(segments);
    return podUid === undefined ? found : { ...found, podUid };
  }
  return undefined;
}

function containerOfSegment(segment: string, parent: string): ContainerIdentity | undefined {
  const scope = SCOPE.exec(segment);
  if (scope !== null) return { id: scope[2]!, runtime: SCOPE_RUNTIMES[scope[1]!] ?? 'unknown' };
  if (HEX_64.test(segment)) return ofBareId(segment, parent);
  const fargate = ECS_FARGATE.exec(segment);
  if (fargate !== null && HEX_32.test(parent)) {
    return { id: segment, runtime: 'ecs', taskId: fargate[1]! };
  }
  if (parent === 'lxc' && segment !== '') return { id: segment, runtime: 'lxc' };
  if (segment.startsWith('lxc.payload.')) return { id: segment.slice(12), runtime: 'lxc' };
  if (parent === 'garden' && GARDEN.test(segment)) return { id: segment, runtime: 'garden' };
  const machine = NSPAWN.exec(segment);
  if (machine !== null && parent === 'machine.slice') {
    return { id: unescapeUnit(machine[1]!), runtime: 'nspawn' };
  }
  return undefined;
}

function ofBareId(id: string, parent: string): ContainerIdentity {
  if (parent === 'docker') return { id, runtime: 'docker' };
  if (parent === 'libpod_parent') return { id, runtime: 'podman' };
  if (HEX_32.test(parent)) return { id, runtime: 'ecs', taskId: parent };
  if (POD_DIRECTORY.test(parent) || POD_SLICE.test(parent)) return { id, runtime: 'kubernetes' };
  return { id, runtime: 'unknown' };
}

function podOf(segments: readonly string[]): string | undefined {
  for (const segment of segments) {
    const match = POD_DIRECTORY.exec(segment) ?? POD_SLICE.exec(segment);
    if (match === null) continue;
    const uid = match[1]!.replaceAll('_', '-');
    // Static pods are known by a hash without dashes.
    if (UUID.test(uid) || HEX_32.test(uid)) return uid;
  }
  return undefined;
}

/** The systemd unit a process belongs to: its innermost service, scope or slice. */
export function systemdUnitOf(memberships: readonly CgroupMembership[]): string | undefined {
  const line =
    memberships.find((m) => m.controllers.includes('name=systemd') && m.path !== '/') ??
    memberships.find((m) => m.hierarchyId === 0);
  if (line === undefined) return undefined;
  const segments = line.path.split('/');
  const last = (suffix: string): string | undefined =>
    segments.findLast((segment) => segment.endsWith(suffix) && segment.length > suffix.length);
  const scope = last('.scope');
  const service = last('.service');
  const inner = [scope, service].filter((unit) => unit !== undefined);
  inner.sort((a, b) => segments.lastIndexOf(b) - segments.lastIndexOf(a));
  return inner[0] ?? last('.slice');
}

/** systemd's `\x2d` escapes in unit names (systemd.unit(5)). */
export function unescapeUnit(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
