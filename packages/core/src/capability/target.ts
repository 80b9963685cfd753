// SPDX-License-Identifier: Apache-2.0
// A process or a file, with what the questions look at, gathered once. Building it reads; the
// questions only judge.
import { realpathSync, type Stats, statSync } from 'node:fs';
import { type FileSource, openFile } from '../bytes/fileSource.ts';
import { decodeBytes, encodePath } from '../bytes/surrogateEscape.ts';
import { InputError, toInputError } from '../diagnostics/diagnostic.ts';
import { LIMITS } from '../limits.ts';
import { type AuxiliaryVector, parseAuxv } from '../proc/auxv.ts';
import { MAP_EXEC, type MappedObject } from '../proc/mappingTable.ts';
import { openExecutable, openMapped } from '../proc/openMapped.ts';
import { type ProcessContext, readProcessContext } from '../proc/processContext.ts';
import { attempt, ProcError, type ProcFs, type Unavailable } from '../proc/procFs.ts';
import {
  executableStats,
  isSame,
  type ProcessPart,
  type ProcessSnapshot,
  readProcess,
  readStat,
} from '../proc/readProcess.ts';
import { resolveInRoot } from '../proc/rootedPath.ts';
import type { BinaryCache, BinaryResult } from './binaryCache.ts';
import type { BinaryFacts } from './binaryFacts.ts';
import { isRuntimeLibrary, runtimeOfProgram } from './runtime/detectRuntime.ts';
import type { ReadText, RuntimeFacts } from './runtime/types.ts';
import { textReader } from './textReader.ts';

/** A file with machine code that a process has mapped. */
export interface TargetFile {
  /** In the target's view. */
  readonly path: string;
  readonly isDeleted: boolean;
  readonly result: BinaryResult;
}

export interface ExplainTarget {
  /** What the user asked for: a path, or `4242`. */
  readonly label: string;
  /** The program's path in its own view. */
  readonly path: string;
  readonly executable: BinaryResult;
  /** Set-user-ID or set-group-ID bits of the executable; null when its mode is not known. */
  readonly isSetId: boolean | null;
  readonly runtime: RuntimeFacts;
  /** Executable first. Of a file that does not run, only itself. */
  readonly files: readonly TargetFile[];
  /** Absent for a file. */
  readonly process?: TargetProcess;
  /** A file below the target's own root as a path that we can open; undefined when it has none. */
  readonly rootedPath: (path: string) => string | undefined;
  readonly readText: ReadText;
  /** Opens the executable again, for questions that need more than its facts. @throws InputError */
  readonly openExecutable: () => FileSource;
}

export interface TargetProcess {
  readonly fs: ProcFs;
  readonly snapshot: ProcessSnapshot;
  readonly auxv?: AuxiliaryVector;
  /** The resource that it publishes of itself. */
  readonly context?: ProcessContext;
  /** Executable mappings without a file: code made at run time. */
  readonly anonymousCode: { readonly mappings: number; readonly sizeBytes: number };
  /** Files with code that were not looked into: there were too many, or maps was not readable. */
  readonly filesLeftOut: number;
  readonly missing: Readonly<Partial<Record<string, Unavailable>>>;
}

export const EXPLAIN_PARTS: ReadonlySet<ProcessPart> = new Set<ProcessPart>([
  'status',
  'exe',
  'cgroup',
  'maps',
  'root',
]);

const NOT_READ: BinaryResult = { problem: 'its executable could not be read' };
const DENIED: BinaryResult = {
  problem: 'permission denied: this user may not see its executable',
  errno: 'EACCES',
};
const SET_ID_BITS = 0o6000;
/** A shell script's wrapper may execute the next program just now; more often is no accident. */
const EXEC_ATTEMPTS = 3;

/**
 * Gathers what there is to know of a process. Parts that cannot be read are missing in it.
 * @param isThorough false for an inventory: auxv is left out, of the libraries only runtimes opened
 * @throws ProcError `gone`
 */
export function processTarget(
  fs: ProcFs,
  pid: number,
  cache: BinaryCache,
  isThorough = true,
): ExplainTarget {
  for (let i = 1; i < EXEC_ATTEMPTS; i++) {
    const target = gather(fs, pid, cache, isThorough);
    if (hasSameProgram(fs, target)) return target;
  }
  return gather(fs, pid, cache, isThorough);
}

/** False when the process has executed another program since: parts of both may have been read. */
function hasSameProgram(fs: ProcFs, { process }: ExplainTarget): boolean {
  const { executable, imageThreadId } = process!.snapshot;
  if (executable === undefined || imageThreadId === undefined) return true;
  const now = executableStats(fs.path(imageThreadId, 'exe'));
  return now.ino === executable.inode && now.dev === executable.device;
}

function gather(fs: ProcFs, pid: number, cache: BinaryCache, isThorough: boolean): ExplainTarget {
  const snapshot = readProcess(fs, pid, EXPLAIN_PARTS, false);
  const missing: Partial<Record<string, Unavailable>> = { ...snapshot.missing };
  const imageId = snapshot.imageThreadId;
  const auxv =
    isThorough && imageId !== undefined
      ? attempt(missing, 'auxv', () => parseAuxv(fs.read(imageId, 'auxv').bytes))
      : undefined;
  const { executable, maps } = snapshot;
  const context =
    maps !== undefined && imageId !== undefined
      ? attempt(missing, 'context', () => readProcessContext(fs, imageId, maps))
      : undefined;
  const path = executable?.path ?? '';
  const own = readExecutableFacts(fs, snapshot, cache);
  const readText = textReader((wanted) => resolveInRoot(fs.path(imageId ?? pid, 'root'), wanted));
  const libraries = readLibraries(fs, snapshot, cache, isThorough);
  const loaded = libraries.files.filter((file) => isRuntimeLibrary(baseName(file.path)));
  const runtime = runtimeOfProgram(
    { path, finding: own.facts?.runtime ?? undefined },
    loaded.map((file) => ({ path: file.path, finding: file.result.facts?.runtime ?? undefined })),
    snapshot.stat.comm,
    readText,
  );
  // Everything above was read from whatever had the number meanwhile.
  if (!isSame(snapshot.stat, readStat(fs, pid))) {
    throw new ProcError('gone', `${fs.root}/${pid}`, 'the process is gone');
  }
  const files: TargetFile[] = [];
  if (executable !== undefined) files.push({ path, isDeleted: executable.isDeleted, result: own });
  return {
    label: String(pid),
    path,
    executable: own,
    isSetId: executable === undefined ? null : (executable.mode & SET_ID_BITS) !== 0,
    runtime,
    files: files.concat(libraries.files),
    process: {
      fs,
      snapshot,
      anonymousCode: anonymousCode(snapshot),
      filesLeftOut: libraries.leftOut,
      missing,
      ...(auxv !== undefined && { auxv }),
      ...(context !== undefined && { context }),
    },
    rootedPath: (wanted) => resolveInRoot(fs.path(imageId ?? pid, 'root'), wanted),
    readText,
    openExecutable: () => openExecutable(fs, imageId ?? pid),
  };
}

/** The same for a file that need not run. @throws InputError when it is no readable ELF file */
export function fileTarget(path: string, cache: BinaryCache, root = ''): ExplainTarget {
  const stats = statOf(path);
  // What a link leads to tells more than the link: /usr/bin/java says nothing of its version.
  const real = realPath(path);
  const inRoot = root !== '' && real.startsWith(`${root}/`) ? real.slice(root.length) : real;
  let failure: InputError | undefined;
  const key = { device: stats.dev, inode: stats.ino, modifiedMs: stats.mtimeMs };
  const result = cache.get({ ...key, sizeBytes: stats.size }, inRoot, () => {
    try {
      return openFile(path);
    } catch (error) {
      if (error instanceof InputError) failure = error;
      throw error;
    }
  });
  if (result.facts === undefined) {
    throw failure ?? new InputError('not-elf', path, result.problem);
  }
  const readText = textReader((wanted) => resolveInRoot(root, wanted));
  const finding = { path: inRoot, finding: result.facts.runtime ?? undefined };
  return {
    label: path,
    path: inRoot,
    executable: result,
    isSetId: (stats.mode & SET_ID_BITS) !== 0,
    runtime: runtimeOfProgram(finding, [], undefined, readText),
    files: [{ path: inRoot, isDeleted: false, result }],
    rootedPath: (wanted) => resolveInRoot(root, wanted),
    readText,
    openExecutable: () => openFile(path),
  };
}

function statOf(path: string): Stats {
  try {
    return statSync(encodePath(path));
  } catch (error) {
    throw toInputError(error, path, 'open');
  }
}

function realPath(path: string): string {
  try {
    return decodeBytes(realpathSync(encodePath(path), 'buffer'));
  } catch {
    return path;
  }
}

function readExecutableFacts(
  fs: ProcFs,
  snapshot: ProcessSnapshot,
  cache: BinaryCache,
): BinaryResult {
  const { executable, imageThreadId } = snapshot;
  if (executable === undefined || imageThreadId === undefined) {
    return snapshot.missing.exe === 'denied' ? DENIED : NOT_READ;
  }
  return cache.get(executable, executable.path, () => openExecutable(fs, imageThreadId));
}

function readLibraries(
  fs: ProcFs,
  snapshot: ProcessSnapshot,
  cache: BinaryCache,
  isThorough: boolean,
): { files: TargetFile[]; leftOut: number } {
  const { maps, executable, imageThreadId } = snapshot;
  if (maps === undefined || imageThreadId === undefined) return { files: [], leftOut: 0 };
  const permissions = maps.permissionsByObject();
  const files: TargetFile[] = [];
  let leftOut = 0;
  for (const object of maps.objects) {
    if ((permissions[object.index]! & MAP_EXEC) === 0) continue;
    if (object.kind !== 'file' && object.kind !== 'memfd') continue;
    if (executable !== undefined && Number(object.inode) === executable.inode) continue;
    if (files.length >= LIMITS.explainedFiles) {
      leftOut++;
      continue;
    }
    const { name } = object;
    const result = isThorough || isRuntimeLibrary(baseName(name)) ? open(object) : NOT_OPENED;
    files.push({ path: name, isDeleted: object.isDeleted, result });
  }
  return { files, leftOut };

  function open(object: MappedObject): BinaryResult {
    const device = `${object.deviceMajor}:${object.deviceMinor}`;
    return cache.get(
      { device, inode: object.inode },
      object.name,
      () => openMapped(fs, imageThreadId!, maps!, object).file,
    );
  }
}

const NOT_OPENED: BinaryResult = { problem: 'not looked into' };

function anonymousCode({ maps }: ProcessSnapshot): TargetProcess['anonymousCode'] {
  let mappings = 0;
  let sizeBytes = 0;
  for (let i = 0; i < (maps?.count ?? 0); i++) {
    if ((maps!.permissions(i) & MAP_EXEC) === 0) continue;
    const { kind } = maps!.object(i);
    if (kind !== 'anonymous' && kind !== 'heap' && kind !== 'stack') continue;
    mappings++;
    sizeBytes += Number(maps!.sizeBytes(i));
  }
  return { mappings, sizeBytes };
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The facts of the executable, for questions that cannot say anything without them. */
export function executableFacts(target: ExplainTarget): BinaryFacts | undefined {
  return target.executable.facts;
}
