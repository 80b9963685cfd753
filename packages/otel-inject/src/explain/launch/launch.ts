// SPDX-License-Identifier: Apache-2.0
// A command line followed to the program that runs in the end: PATH, scripts, wrappers. Each
// program on the way is one that the library is loaded into, with the environment of its turn.
import {
  type BinaryCache,
  explainTarget,
  fileTarget,
  InputError,
  openFile,
  type Resolver,
} from '@otelkit/core';
import { type ByteText, basename, fromByteText, toByteText } from '../../config/byteText.ts';
import { INJECT_LIMITS } from '../../config/limits.ts';
import { pathsIn } from '../../config/readText.ts';
import { Environment } from '../predict/environment.ts';
import { predict } from '../predict/predict.ts';
import type { Subject, SubjectUser } from '../predict/subject.ts';
import { runtimeModule } from '../runtimes/runtimes.ts';
import { absolute, type Exec, type ExecFailure, findProgram, scriptInterpreter } from './exec.ts';
import { ProgramImage } from './image.ts';
import type { LoadAnswer, ProgramExplanation } from './program.ts';
import { wrappedCommand } from './wrappers.ts';

export interface LaunchWorld {
  readonly resolver: Resolver;
  readonly cache: BinaryCache;
  readonly cwd: ByteText;
  readonly user: SubjectUser | undefined;
}

export interface Launch {
  /** The programs, one after the other in the same process; the last one stays. */
  readonly programs: readonly ProgramExplanation[];
  /** Why it goes no further than that. */
  readonly failure?: ExecFailure;
  /** A shell or another program that may start more, which is decided on its own. */
  readonly startsOthers: boolean;
}

const SHELLS = /^(?:sh|bash|dash|zsh|ksh|ash|fish|busybox|sudo|su|doas|xargs|make|systemd-run)$/;

/** Follows the command; nothing is started. */
export function explainLaunch(
  command: readonly ByteText[],
  environment: readonly ByteText[],
  world: LaunchWorld,
): Launch {
  const programs: ProgramExplanation[] = [];
  let entries = environment;
  let { cwd } = world;
  let argv = command;
  for (let step = 0; step < INJECT_LIMITS.launchSteps; step++) {
    const places = { fs: world.resolver.fs, cwd };
    const found = findProgram(argv[0] ?? '', new Environment(entries).get('PATH'), places);
    if (typeof found !== 'string') return { programs, failure: found, startsOthers: false };
    const given = argv[0]!.includes('/') ? argv[0]! : found;
    const exec = throughScripts({ path: found, given, argv }, { ...world, cwd });
    if ('why' in exec) return { programs, failure: exec, startsOthers: false };
    const program = explainProgram(exec, given, entries, world);
    programs.push(program);
    const wrapped = wrappedCommand(exec.path, exec.argv);
    if (wrapped === undefined) {
      return { programs, startsOthers: SHELLS.test(basename(exec.path)) };
    }
    const next = new Environment(wrapped.isCleared ? [] : program.after);
    for (const name of wrapped.unset) next.remove(name);
    for (const entry of wrapped.set) {
      const equals = entry.indexOf('=');
      next.set(entry.slice(0, equals), entry.slice(equals + 1));
    }
    entries = next.entries;
    argv = wrapped.command;
    if (wrapped.cwd !== undefined) cwd = absolute(wrapped.cwd, cwd);
  }
  return {
    programs,
    failure: { path: argv[0] ?? '', why: 'too many wrappers' },
    startsOthers: false,
  };
}

function throughScripts(exec: Exec, world: LaunchWorld): Exec | ExecFailure {
  const places = { fs: world.resolver.fs, cwd: world.cwd };
  let now = exec;
  for (let step = 0; step < INJECT_LIMITS.launchSteps; step++) {
    const interpreter = scriptInterpreter(now, places);
    if (interpreter === undefined) return now;
    const found = findProgram(interpreter.path, undefined, places);
    if (typeof found !== 'string') {
      return { path: now.path, why: `its interpreter ${interpreter.path}: ${found.why}` };
    }
    now = interpreter;
  }
  return { path: exec.path, why: 'its interpreters run in a circle' };
}

/** One program image that is started with these arguments and variables. */
function explainProgram(
  exec: Exec,
  execfn: ByteText,
  entries: readonly ByteText[],
  { resolver, cache, user }: LaunchWorld,
): ProgramExplanation {
  const { fs } = resolver;
  const path = fromByteText(exec.path);
  const real = fs.realpath(path);
  const located = fs.locate(path);
  const base = { path, executable: real, argv: exec.argv, execfn, before: entries };
  const refused = (load: LoadAnswer): ProgramExplanation => ({
    ...base,
    load,
    runtimeVersion: undefined,
    prediction: undefined,
    after: entries,
  });
  if (typeof located === 'string') return refused({ verdict: 'unknown', reason: located });
  let image: ProgramImage | undefined;
  try {
    const prefix = fs.isHostRoot ? '' : fs.root;
    const target = fileTarget(located.hostPath, cache, prefix);
    const load = loadAnswer(explainTarget(target).answers, located.stats, user);
    image = new ProgramImage(openFile(located.hostPath), real, resolver);
    const { machine } = image;
    if (load.verdict === 'no' || machine === undefined) return refused(load);
    const subject: Subject = {
      argv: exec.argv,
      execfn,
      executable: toByteText(real),
      isExplicitLoader: false,
      symbols: image,
      machine,
      isApphost: image.isApphost,
      pathOf: pathsIn(resolver),
      user,
      pid: undefined,
      cgroup: undefined,
    };
    const prediction = predict(subject, entries);
    const runtimeVersion = runtimeModule(subject).version(subject);
    return { ...base, load, runtimeVersion, prediction, after: prediction.after };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return refused({ verdict: 'unknown', reason: error.message });
  } finally {
    image?.close();
  }
}

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;

/** Core's answer; set-ID bits only count where they would change who runs it. */
function loadAnswer(
  answers: ReturnType<typeof explainTarget>['answers'],
  stats: { readonly mode: number; readonly uid: number; readonly gid: number },
  user: SubjectUser | undefined,
): LoadAnswer {
  const { verdict, reason, hint } = answers.find(({ question }) => question === 'preload')!;
  const uid = user?.uid ?? process.getuid?.() ?? 0;
  const gid = user?.gids[0] ?? process.getgid?.() ?? 0;
  const isRaised =
    ((stats.mode & S_ISUID) !== 0 && stats.uid !== uid) ||
    ((stats.mode & S_ISGID) !== 0 && stats.gid !== gid);
  const isSetId = (stats.mode & (S_ISUID | S_ISGID)) !== 0;
  if (verdict === 'no' && isSetId && !isRaised && /set-user-ID/.test(reason)) {
    return { verdict: 'yes', reason: 'its set-ID bits change nothing for this user' };
  }
  return { verdict, reason, ...(hint !== undefined && { hint }) };
}
