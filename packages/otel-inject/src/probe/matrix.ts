// SPDX-License-Identifier: Apache-2.0
// Each program once without and once with the library, in the same clean environment: a caller
// must not be able to tell the two apart.
import { type ComparedParts, difference } from './compare.ts';
import { PROBE_LIMITS } from './limits.ts';
import type { ProbedRuntime, ProbeProgram } from './programs.ts';
import { type ProgramRun, runProgram } from './runProgram.ts';

export interface ProbeResult {
  readonly path: string;
  readonly name: string;
  readonly args: readonly string[];
  readonly kind: string;
  readonly verdict: 'same' | 'differs' | 'skipped';
  /** What differs, or why it was skipped. */
  readonly reason?: string;
  readonly durationMs: number;
}

export interface ProbeOptions {
  readonly programs: readonly ProbeProgram[];
  /** The library to preload by LD_PRELOAD; undefined where the host preloads it already. */
  readonly library: string | undefined;
  /** The same for 32-bit programs; they are skipped where there is none. */
  readonly stub32: string | undefined;
  /** Runs from before, to compare with instead of running again without the library. */
  readonly baseline?: ReadonlyMap<ProbeProgram, ProgramRun>;
  /** Agents to try in their runtimes, by the variables of the library. */
  readonly agents?: Readonly<Partial<Record<ProbedRuntime, Readonly<Record<string, string>>>>>;
  /** Told before each program. */
  readonly say?: (what: string) => void;
  readonly isCancelled?: () => boolean;
}

export interface ProbeReport {
  readonly results: readonly ProbeResult[];
  /** How each program ran without the library. */
  readonly baseline: ReadonlyMap<ProbeProgram, ProgramRun>;
}

/** Nothing of the caller's, and no configuration: the library itself is on trial. */
const CLEAN_ENV: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  // No directory, and none can be made below it: even root's shells leave nothing behind.
  HOME: '/dev/null',
  LC_ALL: 'C',
  PYTHONDONTWRITEBYTECODE: '1',
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1',
  OTEL_INJECTOR_CONFIG_FILE: '/dev/null',
  OTEL_INJECTOR_CONFIG_DIR: '/dev/null/none',
};

/** Agents must not send anything while they are tried. */
const SILENT_AGENT: Readonly<Record<string, string>> = {
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
};

/** Tries all programs. Never throws for what a program does. */
export async function probe(options: ProbeOptions): Promise<ProbeReport> {
  const baseline = new Map(options.baseline);
  const results: ProbeResult[][] = options.programs.map(() => []);
  const queue = [...options.programs.entries()];
  const work = async (): Promise<void> => {
    for (;;) {
      const next = queue.shift();
      if (next === undefined || options.isCancelled?.() === true) return;
      const [index, program] = next;
      options.say?.(`${program.path} ${program.args.join(' ')}`);
      results[index] = await probeOne(program, options, baseline);
    }
  };
  await Promise.all(Array.from({ length: PROBE_LIMITS.concurrency }, work));
  return { results: results.flat(), baseline };
}

async function probeOne(
  program: ProbeProgram,
  options: ProbeOptions,
  baseline: Map<ProbeProgram, ProgramRun>,
): Promise<ProbeResult[]> {
  const preload = program.elfClass === 32 ? options.stub32 : options.library;
  if (program.elfClass === 32 && options.library !== undefined && preload === undefined) {
    return [resultOf(program, 'skipped', 'there is no 32-bit stub', 0)];
  }
  const without = baseline.get(program) ?? (await runOnce(program, CLEAN_ENV));
  baseline.set(program, without);
  const env = preload === undefined ? CLEAN_ENV : { ...CLEAN_ENV, LD_PRELOAD: preload };
  const results = [await compareRuns(program, without, env, 'all')];
  const agent = program.runtime === undefined ? undefined : options.agents?.[program.runtime];
  if (agent !== undefined) {
    const agentEnv = { ...env, ...SILENT_AGENT, ...agent };
    const { agentMs } = PROBE_LIMITS;
    const result = await compareRuns(program, without, agentEnv, 'result', agentMs);
    results.push({ ...result, kind: 'with agent' });
  }
  return results;
}

async function compareRuns(
  program: ProbeProgram,
  without: ProgramRun,
  env: Readonly<Record<string, string>>,
  parts: ComparedParts,
  timeoutMs?: number,
): Promise<ProbeResult> {
  const having = await runOnce(program, env, timeoutMs);
  const { durationMs } = having;
  const reason = difference(without, having, parts, program.ignoredLines);
  if (reason === undefined) return resultOf(program, 'same', undefined, durationMs);
  // A program may say something else each time: then only how it ends can be compared.
  const again = await runOnce(program, { ...env, LD_PRELOAD: '' }, timeoutMs);
  const varies = difference(without, again, parts, program.ignoredLines) !== undefined;
  const endsAlike = having.exitCode === without.exitCode && having.signal === without.signal;
  if (varies && endsAlike && env['LD_PRELOAD'] !== undefined) {
    return resultOf(program, 'same', 'its output varies by itself', durationMs);
  }
  return resultOf(program, 'differs', reason, durationMs);
}

function runOnce(
  { path, name, args, kind }: ProbeProgram,
  env: Readonly<Record<string, string>>,
  timeoutMs: number = PROBE_LIMITS.programMs,
): Promise<ProgramRun> {
  // Started by root, a set-uid program is not in secure-execution mode (AT_SECURE, getauxval(3)).
  const isSecure = kind === 'set-uid' && process.getuid?.() === 0;
  return runProgram(path, args, { env, name, timeoutMs, ...(isSecure && { uid: NOBODY }) });
}

/** The overflow ID of the kernel, which owns nothing. */
const NOBODY = 65534;

function resultOf(
  { path, name, args, kind }: ProbeProgram,
  verdict: ProbeResult['verdict'],
  reason: string | undefined,
  durationMs: number,
): ProbeResult {
  return { path, name, args, kind, verdict, ...(reason !== undefined && { reason }), durationMs };
}
