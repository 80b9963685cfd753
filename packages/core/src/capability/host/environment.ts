// SPDX-License-Identifier: Apache-2.0
// What is mounted, which processes are seen, and what the loader is told.
import { readdirSync, statSync } from 'node:fs';
import { containerOf, parseCgroups } from '../../proc/container.ts';
import { listProcesses } from '../../proc/listProcesses.ts';
import { attempt, type ProcFs, type Unavailable } from '../../proc/procFs.ts';
import { readStat } from '../../proc/readProcess.ts';
import { openVerified } from '../../proc/verifiedOpen.ts';
import {
  CAPABILITIES,
  type HostCheck,
  type HostInput,
  type HostQuestion,
  hasCapability,
  textOf,
} from './types.ts';

const MOUNTINFO_BYTES = 4_194_304;

interface Mount {
  readonly point: string;
  readonly type: string;
  readonly options: string;
}

/** /proc/self/mountinfo: fields up to `-`, then type, source and options (proc_pid_mountinfo(5)). */
function readMounts(fs: ProcFs): Mount[] {
  const missing: Partial<Record<'mountinfo', Unavailable>> = {};
  const bytes = attempt(missing, 'mountinfo', () => {
    return fs.readHost('self/mountinfo', MOUNTINFO_BYTES).bytes;
  });
  const mounts: Mount[] = [];
  for (const line of bytes?.toString('latin1').split('\n') ?? []) {
    const [before = '', after = ''] = line.split(' - ', 2);
    const point = before.split(' ')[4];
    const [type, , options = ''] = after.split(' ');
    if (point !== undefined && type !== undefined) mounts.push({ point, type, options });
  }
  return mounts;
}

const capabilities: HostQuestion = (input) => {
  const names = Object.keys(CAPABILITIES) as (keyof typeof CAPABILITIES)[];
  const missing = names.filter((name) => name !== 'SYS_ADMIN' && !hasCapability(input, name));
  return {
    id: 'capabilities',
    title: 'Own capabilities',
    verdict: missing.length === 0 ? 'yes' : missing.length === names.length - 1 ? 'no' : 'partly',
    found:
      missing.length === 0
        ? 'all that are of use are there'
        : `missing: ${missing.map((name) => `CAP_${name}`).join(' ')}`,
    ...(missing.length > 0 && {
      costs: 'each lets see or do less; the checks here say what',
      hint: 'run as root for everything',
    }),
  };
};

const mapFiles: HostQuestion = ({ fs }) => {
  const base = { id: 'map-files', title: 'Mapped files' };
  try {
    const directory = `${fs.root}/self/map_files`;
    const first = readdirSync(directory)[0];
    if (first !== undefined) openVerified(`${directory}/${first}`, first).close();
    return { ...base, verdict: 'yes', found: 'map_files can be followed, deleted files too' };
  } catch {
    return {
      ...base,
      verdict: 'partly',
      found: 'map_files cannot be followed',
      costs: 'libraries that were replaced while in use cannot be read',
      hint: 'run as root, or give CAP_CHECKPOINT_RESTORE',
    };
  }
};

const processes: HostQuestion = ({ fs }) => {
  const base = { id: 'processes', title: 'Processes' };
  const missing: Partial<Record<string, Unavailable>> = {};
  const pids = attempt(missing, 'list', () => listProcesses(fs));
  if (pids === undefined) {
    const costs = 'nothing can be said of processes';
    return { ...base, verdict: 'no', found: `${fs.root} cannot be listed`, costs };
  }
  const second = attempt(missing, 'stat', () => readStat(fs, 2));
  const isHost = second?.isKernelThread === true;
  const hides = readMounts(fs).some(
    ({ type, options }) => type === 'proc' && /hidepid=(?!0|off)/.test(options),
  );
  const found = `${pids.length} are visible${isHost ? '' : ', of a PID namespace of their own'}`;
  if (isHost && !hides) return { ...base, verdict: 'yes', found };
  return {
    ...base,
    verdict: 'partly',
    found: hides ? `${found}; /proc is mounted with hidepid` : found,
    costs: 'other processes of the host are not seen',
    hint: hides ? 'run as root' : 'run on the host, or in a container with its PID namespace',
  };
};

const containers: HostQuestion = ({ fs }) => {
  const base = { id: 'containers', title: 'Containers' };
  const seen = new Set<string>();
  const runtimes = new Set<string>();
  const missing: Partial<Record<string, Unavailable>> = {};
  for (const pid of attempt(missing, 'list', () => listProcesses(fs)) ?? []) {
    const cgroup = attempt(missing, 'cgroup', () => fs.read(pid, 'cgroup').bytes);
    const container = cgroup === undefined ? undefined : containerOf(parseCgroups(cgroup));
    if (container === undefined) continue;
    seen.add(container.id);
    runtimes.add(container.runtime);
  }
  const found =
    seen.size === 0 ? 'none is visible' : `${seen.size} visible (${[...runtimes].join(', ')})`;
  return { ...base, verdict: 'yes', found };
};

const cgroups: HostQuestion = ({ fs }) => {
  const base = { id: 'cgroups', title: 'Control groups' };
  const types = new Set(readMounts(fs).map(({ type }) => type));
  const [v1, v2] = [types.has('cgroup'), types.has('cgroup2')];
  if (v2) return { ...base, verdict: 'yes', found: v1 ? 'versions 1 and 2' : 'version 2' };
  const costs = 'filters by control group and propagation by sockets need version 2';
  const hint = 'mount -t cgroup2 none /sys/fs/cgroup/unified';
  if (v1) return { ...base, verdict: 'partly', found: 'version 1 only', costs, hint };
  return { ...base, verdict: 'unknown', found: 'not mounted here', costs, hint };
};

const fileSystems: HostQuestion = ({ fs }) => {
  const types = new Set(readMounts(fs).map(({ type }) => type));
  const wanted = { tracefs: '/sys/kernel/tracing', bpf: '/sys/fs/bpf' } as const;
  const missing = (['tracefs', 'bpf'] as const).filter((type) => !types.has(type));
  return {
    id: 'file-systems',
    title: 'tracefs, bpffs',
    verdict: missing.length === 0 ? 'yes' : 'partly',
    found: missing.length === 0 ? 'both are mounted' : `not mounted: ${missing.join(', ')}`,
    ...(missing.length > 0 && {
      costs: 'formats of tracepoints, and maps shared with other tools, are out of sight',
      hint: missing.map((type) => `mount -t ${type} none ${wanted[type]}`).join('; '),
    }),
  };
};

const preloadFile: HostQuestion = ({ fs, root }) => {
  const base = { id: 'ld-so-preload', title: 'ld.so.preload' };
  const read = textOf(fs, `${root}/etc/ld.so.preload`);
  if (read.missing === 'ENOENT')
    return { ...base, verdict: 'yes', found: 'not there: nothing is preloaded' };
  if (read.missing !== undefined) return { ...base, verdict: 'unknown', found: read.missing };
  const entries = read.text
    .replace(/#.*$/gm, '')
    .split(/[\s:]+/)
    .filter((entry) => entry !== '');
  const absent = entries.filter(
    (entry) => !entry.includes('$') && statOf(`${root}${entry}`) === undefined,
  );
  if (absent.length > 0) {
    return {
      ...base,
      verdict: 'no',
      found: `names what is not there: ${absent.join(' ')}`,
      costs: 'every program started writes an error to its stderr',
      hint: 'take the entry out of /etc/ld.so.preload',
    };
  }
  return { ...base, verdict: 'yes', found: entries.length === 0 ? 'empty' : entries.join(' ') };
};

const loaderCache: HostQuestion = ({ root }) => {
  const path = `${root}/etc/ld.so.cache`;
  const isThere = statOf(path) !== undefined;
  return {
    id: 'ld-so-cache',
    title: 'Loader cache',
    verdict: isThere ? 'yes' : 'partly',
    found: isThere ? path : `${path} is not there`,
    ...(!isThere && {
      costs: 'libraries are found in the default directories only, as by musl',
      hint: 'on a glibc system run ldconfig',
    }),
  };
};

const node: HostQuestion = ({ nodeVersion }) => {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  const isOld = major < 20 || (major === 20 && minor < 19);
  return {
    id: 'node',
    title: 'Node.js',
    verdict: isOld ? 'no' : 'yes',
    found: nodeVersion,
    ...(isOld && {
      costs: 'these tools are tested on 20.19 and newer',
      hint: 'install Node.js 20.19+',
    }),
  };
};

function statOf(path: string): unknown {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

export const ENVIRONMENT_CHECKS: readonly ((input: HostInput) => HostCheck)[] = [
  capabilities,
  mapFiles,
  processes,
  containers,
  cgroups,
  fileSystems,
  preloadFile,
  loaderCache,
  node,
];
