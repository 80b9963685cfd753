// SPDX-License-Identifier: Apache-2.0
// Which C library a file was linked against, from what the file itself says. Never from what the
// host has installed: a host can have several, and the file may be meant for another.
import type { ElfKind } from '../elf/kind.ts';
import type { VersionNeed } from '../elf/versions.ts';
import { maxGlibcVersion } from './glibcVersion.ts';

export type LibcFlavor = 'glibc' | 'musl' | 'bionic' | 'uclibc' | 'none' | 'unknown';
export type Confidence = 'certain' | 'likely' | 'guess';

export interface LibcEvidence {
  readonly from: 'needed' | 'interpreter' | 'version-needs' | 'note' | 'segments';
  readonly says: string;
  /** The library that this piece speaks for; absent where it speaks for none. */
  readonly flavor?: LibcFlavor;
}

export interface LibcFacts {
  /** null where the question does not arise: object files, cores, separate debug files. */
  readonly flavor: LibcFlavor | null;
  /** What the interpreter alone would say; differs from `flavor` under gcompat. */
  readonly interpreter: LibcFlavor | null;
  readonly confidence: Confidence | null;
  readonly maxGlibcVersion: string | null;
  readonly evidence: readonly LibcEvidence[];
}

export interface LibcInput {
  readonly kind: ElfKind | null;
  readonly interpreter: string | null;
  readonly needed: readonly string[];
  readonly versionNeeds: readonly VersionNeed[];
  /** A `.note.android.ident` note is present. */
  readonly hasAndroidNote: boolean;
  /** The dynamic array could not be read to its end: a library may be needed that is not seen. */
  readonly isDamaged?: boolean;
}

/** Detects the C library; the order is NEEDED, version needs, then interpreter. */
export function detectLibc(input: LibcInput): LibcFacts {
  const interpreter = interpreterFlavor(input.interpreter);
  const maxVersion = maxGlibcVersion(input.versionNeeds);
  const base = { interpreter: provenInterpreter(interpreter), maxGlibcVersion: maxVersion };
  const { kind } = input;
  if (kind === null || kind === 'relocatable' || kind === 'core') {
    return { ...base, flavor: null, confidence: null, evidence: [] };
  }
  const evidence = collectEvidence(input, interpreter);
  const decided = decide(input, interpreter, evidence);
  return { ...base, ...decided, evidence };
}

/** By base name only: `/nix/store/…/ld-linux-x86-64.so.2` is glibc's as much as /lib64's. */
export function interpreterFlavor(path: string | null): LibcFlavor | null {
  if (path === null || path === '') return null;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.startsWith('ld-musl-')) return 'musl';
  if (/^ld-linux.*\.so\.\d+$/.test(name) || /^ld64\.so\.\d+$/.test(name)) return 'glibc';
  if (/^ld(64)?-uClibc/.test(name)) return 'uclibc';
  if (/^\/system\/bin\/(?:linker|bootstrap\/linker)/.test(path)) return 'bionic';
  return 'unknown';
}

/** The interpreter's name proves glibc and musl; the others need a second witness. */
function provenInterpreter(flavor: LibcFlavor | null): LibcFlavor | null {
  return flavor === 'bionic' || flavor === 'uclibc' ? 'unknown' : flavor;
}

function neededFlavor(name: string, interpreter: LibcFlavor | null): LibcFlavor | undefined {
  if (!name.startsWith('libc.')) return undefined;
  if (/^libc\.so\.6(\.1)?$/.test(name)) return 'glibc';
  if (name.startsWith('libc.musl-')) return 'musl';
  if (name === 'libc.so' && interpreter === 'musl') return 'musl';
  if (/^libc\.so\.[01]$/.test(name) && interpreter === 'uclibc') return 'uclibc';
  return undefined;
}

function collectEvidence(input: LibcInput, interpreter: LibcFlavor | null): LibcEvidence[] {
  const evidence: LibcEvidence[] = [];
  for (const name of input.needed) {
    const flavor = neededFlavor(name, interpreter);
    if (flavor !== undefined) evidence.push({ from: 'needed', says: name, flavor });
  }
  const versioned = input.versionNeeds.find((need) => need.version.startsWith('GLIBC_'));
  if (versioned !== undefined) {
    const says = `${versioned.version} of ${versioned.library}`;
    evidence.push({ from: 'version-needs', says, flavor: 'glibc' });
  }
  if (input.hasAndroidNote) {
    evidence.push({ from: 'note', says: '.note.android.ident', flavor: 'bionic' });
  }
  if (input.interpreter !== null && input.interpreter !== '') {
    const says = input.interpreter;
    evidence.push(
      interpreter === null || interpreter === 'unknown'
        ? { from: 'interpreter', says }
        : { from: 'interpreter', says, flavor: interpreter },
    );
  }
  if (input.needed.length === 0) {
    evidence.push(
      input.isDamaged
        ? { from: 'needed', says: 'a dynamic array that is cut off' }
        : { from: 'needed', says: 'no DT_NEEDED at all', flavor: 'none' },
    );
  }
  return evidence;
}

function decide(
  input: LibcInput,
  interpreter: LibcFlavor | null,
  evidence: readonly LibcEvidence[],
): { flavor: LibcFlavor; confidence: Confidence } {
  const byNeeded = (['glibc', 'musl', 'uclibc'] as const).find((flavor) =>
    evidence.some((piece) => piece.from === 'needed' && piece.flavor === flavor),
  );
  if (byNeeded !== undefined) return { flavor: byNeeded, confidence: 'certain' };
  if (input.hasAndroidNote && input.needed.length > 0) {
    return { flavor: 'bionic', confidence: 'certain' };
  }
  if (evidence.some((piece) => piece.from === 'version-needs')) {
    return { flavor: 'glibc', confidence: 'certain' };
  }
  if (input.needed.length === 0 && !input.isDamaged) {
    return { flavor: 'none', confidence: 'certain' };
  }
  if (interpreter === 'glibc' || interpreter === 'musl') {
    return { flavor: interpreter, confidence: 'likely' };
  }
  return { flavor: 'unknown', confidence: 'guess' };
}
