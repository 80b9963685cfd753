// SPDX-License-Identifier: Apache-2.0
// Which processes are wanted. Numbers outweigh everything else; globs, ports and containers add up.
import { usage } from '../attach/usage.ts';
import { GO_TRACE_LIMITS } from '../limits.ts';
import { pathGlob } from './pathGlob.ts';

export interface TargetChoice {
  readonly pids: ReadonlySet<number>;
  readonly globs: readonly RegExp[];
  readonly ports: ReadonlySet<number>;
  /** Beginnings of container IDs. */
  readonly containers: readonly string[];
  readonly excluded: readonly RegExp[];
}

export interface TargetFlags {
  readonly pid: readonly number[];
  readonly exe: readonly string[];
  readonly port: readonly number[];
  readonly container: readonly string[];
  readonly exclude: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

const PID = 'OTEL_GO_AUTO_TARGET_PID';
const EXE = 'OTEL_GO_AUTO_TARGET_EXE';

/**
 * Flags outweigh variables, and PIDs outweigh executables, as other agents have it.
 * @throws ToolError for what is no PID or container ID
 */
export function targetChoice(flags: TargetFlags, env: Env): TargetChoice {
  const excluded = flags.exclude.map(pathGlob);
  const none = { pids: new Set<number>(), globs: [], ports: new Set<number>(), containers: [] };
  checkCount(flags);
  if (flags.pid.length > 0) return { ...none, pids: new Set(flags.pid), excluded };
  for (const id of flags.container) {
    if (!/^[\w.-]{4,128}$/.test(id)) throw usage(`--container ${id}: expected an ID`);
  }
  if (flags.exe.length + flags.port.length + flags.container.length > 0) {
    const globs = flags.exe.map(pathGlob);
    return { ...none, globs, ports: new Set(flags.port), containers: flags.container, excluded };
  }
  const pids = listOf(env[PID]);
  if (pids.length > 0) return { ...none, pids: new Set(pids.map(pidOf)), excluded };
  return { ...none, globs: listOf(env[EXE]).map(pathGlob), excluded };
}

/** Nothing is chosen: every Go program. */
export function isEverything({ pids, globs, ports, containers }: TargetChoice): boolean {
  return pids.size + globs.length + ports.size + containers.length === 0;
}

/** Whether every process of an executable is wanted because of its path alone. */
export function isWantedByPath(choice: TargetChoice, path: string): boolean {
  if (choice.excluded.some((glob) => glob.test(path))) return false;
  return isEverything(choice) || choice.globs.some((glob) => glob.test(path));
}

function checkCount(flags: TargetFlags): void {
  for (const name of ['pid', 'exe', 'port', 'container', 'exclude'] as const) {
    const list = flags[name];
    if (list.length > GO_TRACE_LIMITS.targets) {
      throw usage(`--${name} is given ${list.length} times: at most ${GO_TRACE_LIMITS.targets}`);
    }
  }
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function pidOf(text: string): number {
  const pid = Number(text);
  if (Number.isInteger(pid) && pid > 0 && pid <= 4_194_304) return pid;
  throw usage(`${PID} ${text}: expected the number of a process`);
}
