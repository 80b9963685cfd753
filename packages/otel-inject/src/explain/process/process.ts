// SPDX-License-Identifier: Apache-2.0
// A running process: what is in it now, and what would be if it were started again.
import {
  BinaryCache,
  type ExplainTarget,
  explainTarget,
  InputError,
  openExecutable,
  ProcError,
  type ProcFs,
  processTarget,
  Resolver,
} from '@otelkit/core';
import { type ByteText, fromByteText, toByteText } from '../../config/byteText.ts';
import { type PathOf, readText } from '../../config/readText.ts';
import { ProgramImage } from '../launch/image.ts';
import type { LoadAnswer, ProgramExplanation } from '../launch/program.ts';
import { initialEnvironment, splitEntries, withConfigFile } from '../launch/surroundings.ts';
import { Environment } from '../predict/environment.ts';
import { predict } from '../predict/predict.ts';
import type { Subject, SubjectUser } from '../predict/subject.ts';
import { runtimeModule } from '../runtimes/runtimes.ts';
import { type MemoryFindings, ProcessMemory, readInjectorState } from './memory.ts';

export interface ProcessExplanation {
  readonly target: ExplainTarget;
  /** The library is in its mappings; with the path there. */
  readonly library: { readonly path: string; readonly isDeleted: boolean } | undefined;
  /** From its memory; undefined where that cannot be read or says nothing. */
  readonly memory: MemoryFindings | undefined;
  /** Why the memory could not be read. */
  readonly memoryProblem: string | undefined;
  /** As if it were started now, with the variables that it was started with. */
  readonly program: ProgramExplanation;
}

const LIBRARY = /\/libotelinject(?:-[\w.]+)?\.so(?:\.\d+)*$/;
const MAX_CMDLINE_BYTES = 8 * 1_048_576;

/**
 * Looks at one process. Another user's needs the rights of ptrace.
 * @throws ProcError
 */
export function explainRunning(
  fs: ProcFs,
  pid: number,
  cache: BinaryCache = new BinaryCache(),
  configFile?: ByteText,
): ProcessExplanation {
  const target = processTarget(fs, pid, cache);
  const { snapshot } = target.process!;
  const id = snapshot.imageThreadId;
  if (snapshot.missing.maps === 'denied' || snapshot.missing.exe === 'denied') {
    throw new ProcError('denied', fs.path(pid, 'maps'), 'permission denied');
  }
  const mapped = target.files.find((file) => LIBRARY.test(file.path));
  const library = mapped && { path: mapped.path, isDeleted: mapped.isDeleted };
  const { verdict, reason, hint } = explainTarget(target).answers.find(
    ({ question }) => question === 'preload',
  )!;
  const load: LoadAnswer = { verdict, reason, ...(hint !== undefined && { hint }) };
  if (id === undefined || snapshot.stat.isKernelThread || snapshot.maps === undefined) {
    const memoryProblem = snapshot.missing.maps ?? 'gone';
    const program = withoutImage(target, load);
    return { target, library, memory: undefined, memoryProblem, program };
  }
  const own = initialEnvironment(fs, id);
  const entries = configFile === undefined ? own : withConfigFile(own, configFile);
  const argv = splitArguments(fs.read(id, 'cmdline', MAX_CMDLINE_BYTES).bytes);
  return lookInside(fs, target, { id, entries, argv, load, library });
}

interface Inside {
  readonly id: number;
  readonly entries: readonly ByteText[];
  readonly argv: readonly ByteText[];
  readonly load: LoadAnswer;
  readonly library: ProcessExplanation['library'];
}

function lookInside(fs: ProcFs, target: ExplainTarget, inside: Inside): ProcessExplanation {
  const { id, entries, argv, load, library } = inside;
  const { snapshot, auxv } = target.process!;
  const libraryPath = new Environment(entries).get('LD_LIBRARY_PATH');
  const resolver = new Resolver({
    root: fs.path(id, 'root'),
    ...(libraryPath !== undefined && { libraryPath: fromByteText(libraryPath) }),
  });
  let image: ProgramImage | undefined;
  let memory: ProcessMemory | undefined;
  let memoryProblem: string | undefined;
  try {
    image = new ProgramImage(openExecutable(fs, id), target.path, resolver);
    try {
      memory = new ProcessMemory(fs, id);
    } catch (error) {
      if (!(error instanceof ProcError)) throw error;
      memoryProblem = error.message;
    }
    const symbol = image.locate('environ');
    const findings =
      memory === undefined || symbol === undefined
        ? undefined
        : readInjectorState(memory, snapshot.maps!, symbol);
    const address = auxv?.executablePathAddress;
    const execfn = address === undefined ? undefined : memory?.readString(address, 4096);
    const subject = subjectOf(fs, target, image, { argv, execfn: execfn ?? '' });
    const base = {
      path: target.path,
      executable: target.path,
      argv,
      execfn: execfn ?? '',
      before: entries,
    };
    const isOut = load.verdict === 'no' || image.machine === undefined;
    const prediction = isOut ? undefined : predict(subject, entries);
    const program: ProgramExplanation = {
      ...base,
      load,
      runtimeVersion: runtimeModule(subject).version(subject),
      prediction,
      after: prediction?.after ?? entries,
    };
    return { target, library, memory: findings, memoryProblem, program };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const program = withoutImage(target, load);
    return { target, library, memory: undefined, memoryProblem: error.message, program };
  } finally {
    image?.close();
    memory?.close();
  }
}

function withoutImage(target: ExplainTarget, load: LoadAnswer): ProgramExplanation {
  return {
    path: target.path || target.process!.snapshot.stat.comm,
    executable: target.path,
    argv: [],
    execfn: '',
    load,
    runtimeVersion: undefined,
    prediction: undefined,
    before: [],
    after: [],
  };
}

function subjectOf(
  fs: ProcFs,
  target: ExplainTarget,
  image: ProgramImage,
  { argv, execfn }: { readonly argv: readonly ByteText[]; readonly execfn: ByteText },
): Subject {
  const { snapshot, auxv } = target.process!;
  const pathOf: PathOf = (path) =>
    target.rootedPath(fromByteText(path)) ?? `/nonexistent${fromByteText(path)}`;
  return {
    argv,
    execfn,
    executable: target.path === '' ? undefined : toByteText(target.path),
    isExplicitLoader: auxv?.interpreterBase === 0n,
    symbols: image,
    machine: image.machine ?? 'x86_64',
    isApphost: image.isApphost,
    pathOf,
    user: userOf(
      fs,
      snapshot.stat.pid,
      snapshot.status?.uids.effective,
      snapshot.status?.gids.effective,
    ),
    pid: snapshot.status?.namespacePids.at(-1) ?? snapshot.stat.pid,
    cgroup: () => {
      const text = readText(fs.path(snapshot.stat.pid, 'cgroup'), 4096);
      return text.kind === 'bytes' ? text.source : undefined;
    },
  };
}

/** Supplementary groups stand in `status` as well. */
function userOf(
  fs: ProcFs,
  pid: number,
  uid: number | undefined,
  gid: number | undefined,
): SubjectUser | undefined {
  if (uid === undefined || gid === undefined) return undefined;
  const text = fs.read(pid, 'status').bytes.toString('latin1');
  const groups = /^Groups:\t([\d ]*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  return { uid, gids: [gid, ...groups.filter((group) => group !== '').map(Number)] };
}

/** Arguments may be empty, also the last one; only what programs overwrote ends in many zeros. */
function splitArguments(bytes: Buffer): ByteText[] {
  const text = bytes.toString('latin1');
  if (/\0\0\0$/.test(text)) return splitEntries(bytes);
  const words = text.split('\0');
  if (words.at(-1) === '') words.pop();
  return words;
}
