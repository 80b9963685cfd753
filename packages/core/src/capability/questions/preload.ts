// SPDX-License-Identifier: Apache-2.0
// Would a preloaded library (LD_PRELOAD, /etc/ld.so.preload) be loaded, and work? The order of the
// checks is the order in which kernel and loader decide (execve(2), ld.so(8)).

import type { Evidence, Finding, Question } from '../answer.ts';
import type { BinaryFacts } from '../binaryFacts.ts';
import { baseName, type ExplainTarget } from '../target.ts';

const LIBRARY = /^libotelinject(?:-[\w.]+)?\.so(?:\.\d+)*$/;
const LOADER_FILE = '/etc/ld.so.preload';
const MACHINES: ReadonlySet<string> = new Set(['x86_64', 'aarch64']);

export const preload: Question<ExplainTarget> = {
  id: 'preload',
  title: 'Preload injection',
  answer: (target) =>
    ofProcess(target) ?? ofBinary(target) ?? unknown('nothing of the program could be read'),
};

function ofProcess(target: ExplainTarget): Finding | undefined {
  const { process } = target;
  if (process === undefined) return undefined;
  const { snapshot } = process;
  if (snapshot.stat.isKernelThread) return no('a kernel thread has no program to load into', []);
  if (snapshot.imageThreadId === undefined) return no('the process has ended (zombie)', []);
  const loaded = target.files.find((file) => LIBRARY.test(baseName(file.path)));
  if (loaded !== undefined) {
    return {
      verdict: 'yes',
      reason: `${loaded.path} is loaded in it now`,
      evidence: [{ from: 'maps', says: loaded.path }],
    };
  }
  if (process.auxv?.isSecure === true) {
    const evidence = [{ from: 'auxv', says: 'AT_SECURE is 1' }];
    const reason = 'it runs with raised privileges, where the library stands down';
    return no(reason, evidence);
  }
  return undefined;
}

function ofBinary(target: ExplainTarget): Finding | undefined {
  const { facts } = target.executable;
  if (facts === undefined) return unknown(target.executable.problem ?? 'it could not be read');
  return refusal(target, facts) ?? acceptance(target, facts);
}

/** The first thing that keeps the library out. */
function refusal(target: ExplainTarget, facts: BinaryFacts): Finding | undefined {
  const { kind, interpreter, needed, libc } = facts;
  if (kind === 'relocatable' || kind === 'core' || kind === null) {
    return no('the file is not a program', [{ from: 'e_type', says: String(kind) }]);
  }
  if (interpreter === null) {
    if (kind === 'shared') return no('a library is loaded by programs; ask about those', []);
    const evidence = [{ from: 'PT_INTERP', says: 'none' }];
    const reason = 'it is linked statically: no loader runs that could preload anything';
    return { ...no(reason, evidence), ...hintFor(target) };
  }
  if (!MACHINES.has(facts.machine) || facts.class !== 64 || facts.data !== 'LE') {
    const evidence = [{ from: 'e_machine', says: `${facts.machine}, ${facts.class} bit` }];
    return no('the library is made for 64-bit x86_64 and aarch64; a stub loads silently', evidence);
  }
  if (needed.length === 0) {
    const evidence = [
      { from: 'PT_INTERP', says: interpreter },
      { from: 'DT_NEEDED', says: 'none' },
    ];
    const reason =
      'the library would load but stand down: without a C library nothing reads environ';
    return { ...no(reason, evidence), ...hintFor(target) };
  }
  if (libc.flavor === 'bionic' || libc.flavor === 'uclibc') {
    return no(`its C library is ${libc.flavor}, which the library does not know`, [
      { from: 'PT_INTERP', says: interpreter },
    ]);
  }
  if (target.isSetId === true && target.process === undefined) {
    return no('it is set-user-ID or set-group-ID: the library stands down under AT_SECURE', [
      { from: 'mode', says: 'has a set-ID bit' },
    ]);
  }
  return undefined;
}

function acceptance(target: ExplainTarget, { interpreter, libc }: BinaryFacts): Finding {
  const isMusl = libc.flavor === 'musl';
  const evidence: Evidence[] = [
    { from: 'PT_INTERP', says: interpreter ?? 'none' },
    { from: 'libc', says: libc.flavor ?? 'unknown' },
  ];
  const others = otherPreloads(target);
  if (others.length > 0) evidence.push({ from: LOADER_FILE, says: others.join(' ') });
  const when = target.process === undefined ? '' : ' from its next start on';
  if (isMusl) {
    return {
      verdict: 'partly',
      reason: `by LD_PRELOAD${when}; musl does not read ${LOADER_FILE}`,
      evidence,
      hint: 'set LD_PRELOAD in its unit or container',
    };
  }
  const root = target.process?.snapshot.root;
  const isForeignRoot = root !== undefined && root !== '/';
  const isContainer = target.process?.snapshot.container !== undefined || isForeignRoot;
  if (isContainer) {
    return {
      verdict: 'partly',
      reason: `loaded${when} only if it is inside the container: the host's file is not seen there`,
      evidence: [...evidence, { from: 'root', says: root ?? 'a container' }],
      hint: 'mount the library into the container and set LD_PRELOAD there',
    };
  }
  return {
    verdict: 'yes',
    reason: `dynamically linked against ${libc.flavor === 'unknown' ? 'a C library' : libc.flavor}: loaded${when}, by LD_PRELOAD or ${LOADER_FILE}`,
    evidence,
  };
}

/** Entries of ld.so.preload in the target's root. */
function otherPreloads(target: ExplainTarget): string[] {
  const text = target.readText(LOADER_FILE);
  if (text === undefined) return [];
  return text
    .replace(/#.*$/gm, '')
    .split(/[\s:]+/)
    .filter((entry) => entry !== '')
    .slice(0, 16);
}

function hintFor(target: ExplainTarget): { hint?: string } {
  return target.runtime.id === 'go'
    ? { hint: 'Go programs are traced by `otel-go attach`, without preloading' }
    : {};
}

function no(reason: string, evidence: readonly Evidence[]): Finding {
  return { verdict: 'no', reason, evidence };
}

function unknown(reason: string): Finding {
  return { verdict: 'unknown', reason, evidence: [] };
}
