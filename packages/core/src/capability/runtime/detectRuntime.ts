// SPDX-License-Identifier: Apache-2.0
// One file a runtime; their order is the order of belief: what is more special comes first.
import { beam } from './beam.ts';
import { c, cpp, rust, rustByPanicPaths, zig } from './compiled.ts';
import { cpython } from './cpython.ts';
import { dotnet } from './dotnet.ts';
import { go } from './go.ts';
import { jvm } from './jvm.ts';
import { luajit } from './luajit.ts';
import { nodejs } from './nodejs.ts';
import { perl } from './perl.ts';
import { php } from './php.ts';
import { roleOf } from './roles.ts';
import { ruby } from './ruby.ts';
import type {
  ReadText,
  RuntimeDetector,
  RuntimeFacts,
  RuntimeFinding,
  RuntimeId,
  RuntimeInput,
} from './types.ts';

export const RUNTIME_DETECTORS: readonly RuntimeDetector[] = [
  go,
  jvm,
  nodejs,
  cpython,
  ruby,
  dotnet,
  beam,
  php,
  perl,
  luajit,
  rust,
  zig,
  cpp,
  c,
];

/** Those that say only which language a program was compiled from. */
const COMPILED: ReadonlySet<RuntimeId> = new Set(['rust', 'zig', 'cpp', 'c', 'unknown']);

/** True for runtimes that execute something else than the machine code of their own files. */
export function isInterpreted(id: RuntimeId): boolean {
  return !COMPILED.has(id) && id !== 'go';
}

export function runtimeName(id: RuntimeId): string {
  return RUNTIME_DETECTORS.find((detector) => detector.id === id)?.name ?? 'unknown';
}

/** The first runtime that one file shows signs of. */
export function runtimeOfFile(input: RuntimeInput): RuntimeFinding | undefined {
  for (const detector of RUNTIME_DETECTORS) {
    // A stripped Rust program shows as C++ or C unless its panic messages are looked at.
    if (detector.id === 'cpp' && mayBeRust(input)) {
      const rustFinding = rustByPanicPaths(input.elf);
      if (rustFinding !== undefined) return rustFinding;
    }
    const finding = detector.ofFile(input);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** Only programs are worth the search, and Rust ones take nothing but these libraries. */
function mayBeRust({ needed, elf }: RuntimeInput): boolean {
  if (elf.segments(3).length === 0 && needed.length > 0) return false;
  if (needed.some((entry) => entry.startsWith('libstdc++'))) return false;
  return needed.length === 0 || needed.includes('libgcc_s.so.1');
}

/** True for the base name of a library that holds a runtime: worth opening for its version. */
export function isRuntimeLibrary(name: string): boolean {
  return RUNTIME_DETECTORS.some((detector) => detector.library?.test(name) === true);
}

/** A file of the target with what it says. */
export interface FileFinding {
  readonly path: string;
  readonly finding: RuntimeFinding | undefined;
}

/**
 * The runtime of a whole program: what its executable says, unless a runtime was loaded as a
 * library (a JVM in any launcher, CPython in uwsgi), which then is what runs.
 */
export function runtimeOfProgram(
  executable: FileFinding,
  libraries: readonly FileFinding[],
  threadName: string | undefined,
  readText: ReadText,
): RuntimeFacts {
  const own = executable.finding;
  const loaded = libraries.find((file) => file.finding !== undefined);
  const isOwnWhole = own !== undefined && !COMPILED.has(own.id);
  const chosen = isOwnWhole ? own : (loaded?.finding ?? own);
  const name = executable.path.slice(executable.path.lastIndexOf('/') + 1);
  const id = chosen?.id ?? 'unknown';
  const evidence = [...(chosen?.evidence ?? [])];
  const sameLoaded = libraries.filter((file) => file.finding?.id === id);
  for (const file of sameLoaded) evidence.push({ from: 'mapped', says: file.path });
  const version =
    sameLoaded.map((file) => file.finding?.version).find((text) => text?.split('.').length === 3) ??
    chosen?.version ??
    versionBeside(id, [...sameLoaded.map((file) => file.path), executable.path], readText);
  return {
    id,
    name: runtimeName(id),
    role: roleOf(id, threadName === undefined ? [name] : [name, threadName]),
    evidence,
    ...(version !== undefined && { version }),
  };
}

function versionBeside(
  id: RuntimeId,
  paths: readonly string[],
  readText: ReadText,
): string | undefined {
  const detector = RUNTIME_DETECTORS.find((entry) => entry.id === id);
  for (const path of paths) {
    const version = detector?.versionBeside?.(path, readText);
    if (version !== undefined) return version;
  }
  return undefined;
}
