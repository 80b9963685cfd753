// SPDX-License-Identifier: Apache-2.0
// Paths in the configuration: are they there, readable by every process, and expressible?
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { encodePath } from '@otelkit/core';
import { agentPaths } from '../layout/paths.ts';
import { type ByteText, dirname, fromByteText, trimEnd } from './byteText.ts';
import { type Finding, findingAt } from './findings.ts';
import type { KeySpec } from './keys.ts';
import { INJECT_LIMITS } from './limits.ts';
import { parseLines } from './parseLines.ts';
import { type PathOf, readText } from './readText.ts';
import type { SettingValue } from './settings.ts';

/** An agent's file, or its directory and what must be in there. */
export function checkAgentPath(key: KeySpec, value: SettingValue, pathOf: PathOf): Finding[] {
  const path = key.path === 'directory' ? trimEnd(value.text, '/') : value.text;
  if (path === '') return [];
  const wording = notExpressible(key, path);
  if (wording !== undefined) {
    return [findingAt(key, value, { code: 'not-expressible', message: wording })];
  }
  if (!path.startsWith('/')) {
    const message = 'is no absolute path; each process would look for it in its own directory';
    return [findingAt(key, value, { code: 'relative-path', message })];
  }
  const problem =
    key.path === 'file' ? fileProblem(path, pathOf) : directoryProblem(key, path, pathOf);
  if (problem === undefined) return [];
  const runtime = usualRuntime(path);
  const isUnused = problem.code === 'missing-path' && runtime !== undefined;
  return [findingAt(key, value, isUnused ? notInstalled(path, runtime) : problem)];
}

/** Below the folder `opentelemetry` of a layout. */
const USUAL_PLACES = Object.entries(agentPaths('/opentelemetry'));

/** Those that `agents add` can fetch. */
const FETCHED = ['jvm', 'nodejs', 'python'];

/** The runtime whose agent `agents add` would put there. */
function usualRuntime(path: ByteText): string | undefined {
  return USUAL_PLACES.find(([name, place]) => name !== 'prefix' && path.endsWith(place))?.[0];
}

/** `install` names every agent, and each is used as soon as it is there. */
function notInstalled(path: ByteText, runtime: string): PathProblem {
  return {
    code: 'agent-not-installed',
    severity: 'warning',
    message: `${fromByteText(path)} is not there yet, so these programs are left alone`,
    hint: FETCHED.includes(runtime)
      ? `sudo otel-inject agents add ${runtime}`
      : 'otel-inject agents list says where it comes from',
  };
}

interface PathProblem {
  readonly code: string;
  readonly severity?: 'warning';
  readonly message: string;
  readonly hint?: string;
}

/** Characters for which the runtime's variable has no escape. */
function notExpressible({ name }: KeySpec, path: ByteText): string | undefined {
  const cannot = (what: string): string =>
    `the runtime's variable cannot express a path with ${what}`;
  if (name.startsWith('jvm') && path.includes('=')) return cannot('"="');
  if (/^(?:python|dotnet)/.test(name) && path.includes(':')) return cannot('":"');
  return name.startsWith('ruby') && /\s/.test(path) ? cannot('a blank') : undefined;
}

/** Why not every process can read the file. */
function fileProblem(path: ByteText, pathOf: PathOf): PathProblem | undefined {
  const stats = statOf(path, pathOf);
  if (typeof stats === 'string') return missing(path, stats);
  if (!stats.isFile()) return { code: 'not-a-file', message: `${fromByteText(path)} is no file` };
  if (stats.size === 0) return { code: 'empty-file', message: `${fromByteText(path)} is empty` };
  return closedProblem(path, stats, 0o444, pathOf);
}

function directoryProblem(key: KeySpec, path: ByteText, pathOf: PathOf): PathProblem | undefined {
  const stats = statOf(path, pathOf);
  if (typeof stats === 'string') return missing(path, stats);
  if (!stats.isDirectory()) {
    return { code: 'not-a-directory', message: `${fromByteText(path)} is no directory` };
  }
  const libcs = ['glibc', 'musl'].map((libc) => `${path}/${libc}`);
  const present = libcs.filter((each) => typeof statOf(each, pathOf) !== 'string');
  if (present.length === 0) {
    const message = `${fromByteText(path)} holds neither glibc nor musl`;
    return { code: 'incomplete-agent', message, hint: 'otel-inject agents verify' };
  }
  for (const each of present) {
    const own = statOf(each, pathOf);
    if (typeof own === 'string') continue;
    const closed = closedProblem(each, own, 0o555, pathOf);
    if (closed !== undefined) return closed;
    if (!key.name.startsWith('ruby')) continue;
    const hook = fileProblem(`${each}/opentelemetry-auto-instrumentation.rb`, pathOf);
    if (hook !== undefined) return hook;
  }
  return undefined;
}

function missing(path: ByteText, code: string): PathProblem {
  const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
  const what = isAbsent ? 'does not exist' : `cannot be looked at: ${code}`;
  const hint = 'otel-inject agents list';
  return { code: 'missing-path', message: `${fromByteText(path)} ${what}`, hint };
}

/** The file or a folder above it is closed to some users. */
function closedProblem(
  path: ByteText,
  stats: Stats,
  wanted: number,
  pathOf: PathOf,
): PathProblem | undefined {
  const name = fromByteText(path);
  if ((stats.mode & wanted) !== wanted) {
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
    const message = `${name} cannot be read by every user (mode ${mode})`;
    return { code: 'unreadable-path', message, hint: `chmod a+rX ${name}` };
  }
  for (let folder = dirname(path); folder !== '/' && folder !== ''; folder = dirname(folder)) {
    const above = statOf(folder, pathOf);
    if (typeof above === 'string' || (above.mode & 0o111) === 0o111) continue;
    const message = `${name} lies below ${fromByteText(folder)}, which not every user may pass`;
    return { code: 'unreadable-path', message, hint: `chmod a+x ${fromByteText(folder)}` };
  }
  return undefined;
}

function statOf(path: ByteText, pathOf: PathOf): Stats | string {
  try {
    return statSync(encodePath(pathOf(path)));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EIO';
  }
}

/** The agents' default environment may be absent; what it says must be OTEL_*. */
export function checkEnvFile(key: KeySpec, value: SettingValue, pathOf: PathOf): Finding[] {
  if (value.text === '') return [];
  const path = fromByteText(value.text);
  const text = readText(pathOf(value.text), INJECT_LIMITS.configBytes);
  if (text.kind === 'missing') {
    // The usual place, where nobody needs to have one.
    if (path.endsWith('/opentelemetry/injector/default_env.conf')) return [];
    return [findingAt(key, value, { code: 'missing-path', message: `${path} does not exist` })];
  }
  if (text.kind === 'unreadable') {
    const message = `${path} cannot be read: ${text.why}`;
    return [findingAt(key, value, { code: 'unreadable-path', message })];
  }
  const findings: Finding[] = [];
  for (const line of parseLines(text.source)) {
    const isOtel = /^OTEL_[A-Za-z0-9_]*$/.test(line.key);
    if (line.damage === undefined && isOtel) continue;
    findings.push({
      severity: 'error',
      code: line.damage ?? 'not-otel',
      path,
      line: line.number,
      column: (line.damageAt ?? line.keyAt) + 1,
      key: fromByteText(line.key),
      value: null,
      message: line.damage === undefined ? 'only OTEL_* variables are taken' : 'cannot be read',
      hint: null,
    });
  }
  return findings;
}

/** Whether this process may read a path; for `doctor`. */
export function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
