// SPDX-License-Identifier: Apache-2.0
// Functions, lines and inlined calls against llvm-symbolizer, at addresses drawn from the code.
import { execFileSync } from 'node:child_process';
import { openElf } from '@otelkit/core';
import { type DwarfModule, openFileSymbols, type SourceFrame } from '../../src/index.ts';
import { nmAddresses, sampleAddresses } from '../fixtures/agreement.ts';

interface TheirFrame {
  readonly FunctionName: string;
  readonly FileName: string;
  readonly Line: number;
}

/** Addresses where llvm-symbolizer says something of the kind, and where we say the same. */
export interface Share {
  compared: number;
  equal: number;
}

export interface FrameAgreement {
  /** The outermost and the innermost function. */
  readonly functions: Share;
  /** File and line of the innermost frame. */
  readonly lines: Share;
  readonly depths: Share;
  /** File and line of each frame's call, where the depths agree. */
  readonly calls: Share;
  readonly different: readonly string[];
}

/** What llvm-symbolizer says, innermost first. */
export function llvmFrames(path: string, addresses: readonly number[]): TheirFrame[][] {
  const args = ['--no-demangle', '--output-style=JSON', '--functions=linkage', '-e', path];
  const input = `${addresses.map((address) => `0x${address.toString(16)}`).join('\n')}\n`;
  const options = { input, maxBuffer: 1 << 28, encoding: 'utf8' } as const;
  const text = execFileSync('llvm-symbolizer-19', args, options);
  return text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { Symbol?: TheirFrame[] }).Symbol ?? []);
}

/** @param program what is running, where `path` is only its debug file */
export function frameAgreement(
  module: DwarfModule,
  path: string,
  count: number,
  program: string = path,
): FrameAgreement {
  const elf = openElf(program);
  const addresses = sampleAddresses(elf, count);
  const symbols = openFileSymbols(elf, { path: program, root: '' }, undefined, module);
  try {
    const nm = nmAddresses(path);
    const theirs = llvmFrames(path, addresses);
    const ours = addresses.map((address) => symbols.resolve(address));
    return compareFrames(addresses, theirs, ours, (a, b) => isAlias(nm, a, b));
  } finally {
    symbols.close();
  }
}

export function compareFrames(
  addresses: readonly number[],
  theirs: readonly (readonly TheirFrame[])[],
  ours: readonly (readonly SourceFrame[])[],
  isSame: (a: string, b: string) => boolean,
): FrameAgreement {
  const share = (): Share => ({ compared: 0, equal: 0 });
  const functions = share();
  const lines = share();
  const depths = share();
  const calls = share();
  const different: string[] = [];
  for (const [i, address] of addresses.entries()) {
    const their = theirs[i]!;
    const our = ours[i]!;
    if (their.length === 0 || their[0]!.FunctionName === '') continue;
    const note = (kind: Share, isEqual: boolean): void => {
      kind.compared++;
      if (isEqual) kind.equal++;
    };
    const isNamed =
      isSame(their[0]!.FunctionName, systemNameOf(our[0])) &&
      isSame(their.at(-1)!.FunctionName, systemNameOf(our.at(-1)));
    note(functions, isNamed);
    // Line 0: the compiler made this instruction of no line.
    const isOnLine = isSameLine(their[0]!, our[0]);
    if (their[0]!.Line > 0) note(lines, isOnLine);
    note(depths, their.length === our.length);
    const isCalled = their.every((frame, at) => frame.Line === 0 || isSameLine(frame, our[at]));
    if (their.length === our.length) note(calls, isCalled);
    const isEqual = isNamed && isOnLine && isCalled && their.length === our.length;
    if (isEqual || different.length >= 20 || (isNamed && their[0]!.Line === 0)) continue;
    different.push(`${address.toString(16)}: ${theirText(their)} | ${ourText(our)}`);
  }
  return { functions, lines, depths, calls, different };
}

function isSameLine(their: TheirFrame, our: SourceFrame | undefined): boolean {
  return their.Line === (our?.line ?? 0) && baseName(their.FileName) === baseName(our?.file ?? '');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function systemNameOf(frame: SourceFrame | undefined): string {
  return frame?.systemName ?? frame?.functionName ?? '';
}

function isAlias(nm: ReadonlyMap<string, ReadonlySet<string>>, a: string, b: string): boolean {
  const plainA = plain(a);
  const plainB = plain(b);
  if (plainA === plainB) return true;
  const ofA = nm.get(plainA);
  for (const address of nm.get(plainB) ?? []) if (ofA?.has(address)) return true;
  return false;
}

/** Without version, and without the suffix that Go's linker gives to assembler functions. */
function plain(name: string): string {
  return name.replace(/@.*$/, '').replace(/\.abi0$/, '');
}

function theirText(frames: readonly TheirFrame[]): string {
  return frames.map((f) => `${f.FunctionName} ${baseName(f.FileName)}:${f.Line}`).join(' < ');
}

function ourText(frames: readonly SourceFrame[]): string {
  return frames
    .map((f) => `${systemNameOf(f)} ${baseName(f.file ?? '')}:${f.line ?? 0}`)
    .join(' < ');
}
