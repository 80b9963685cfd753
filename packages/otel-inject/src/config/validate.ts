// SPDX-License-Identifier: Apache-2.0
// What is wrong with the configuration: what the parser refuses, and what it accepts but can not
// have been meant.
import { fromByteText, trim } from './byteText.ts';
import { checkAgentPath, checkEnvFile } from './checkPaths.ts';
import { checkPatterns } from './checkPatterns.ts';
import { type Finding, findingAt } from './findings.ts';
import { findKey, KEY_NAMES, KEYS, type KeySpec } from './keys.ts';
import { INJECT_LIMITS } from './limits.ts';
import { nearest } from './nearest.ts';
import { parseLines } from './parseLines.ts';
import { readText } from './readText.ts';
import {
  type ConfigSources,
  type LoadedConfig,
  type Settings,
  type SettingValue,
  textOf,
} from './settings.ts';

const RUNTIMES = ['dotnet', 'jvm', 'nodejs', 'python', 'ruby'];
const BOOLEANS = ['true', 'false', 't', 'f', 'yes', 'no', 'on', 'off', '1', '0'];
/** What people call the runtimes elsewhere. */
const ALIASES: Readonly<Record<string, string>> = { java: 'jvm', node: 'nodejs', net: 'dotnet' };

/** Everything that is wrong, file by file and line by line. */
export function validateConfig(config: LoadedConfig, sources: ConfigSources): Finding[] {
  const { settings } = config;
  const findings: Finding[] = config.problems.map((problem) => ({
    severity: 'error',
    code: problem.code,
    path: problem.path,
    line: problem.line ?? null,
    column: problem.column ?? null,
    key: problem.key,
    value: null,
    message: problem.message,
    hint: problem.code === 'unknown-key' ? meantKey(problem.key) : null,
  }));
  for (const key of KEYS) {
    for (const value of settings[key.name]) findings.push(...checkValue(key, value, sources));
  }
  findings.push(...checkPatterns(settings, sources.pathOf));
  findings.push(...checkShadowed(config, sources));
  findings.push(...checkUseful(settings, sources));
  return findings.slice(0, INJECT_LIMITS.problems).sort(byPlace);
}

function byPlace(left: Finding, right: Finding): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}

function meantKey(key: string): string | null {
  const meant = nearest(key, KEY_NAMES);
  return meant === undefined ? null : `did you mean ${meant}?`;
}

function checkValue(key: KeySpec, value: SettingValue, sources: ConfigSources): Finding[] {
  if (value.origin.kind === 'builtin') return [];
  if (key.path === 'file' || key.path === 'directory')
    return checkAgentPath(key, value, sources.pathOf);
  if (key.path === 'optional-file') return checkEnvFile(key, value, sources.pathOf);
  if (key.kind === 'boolean') return checkBoolean(key, value);
  return key.name === 'auto_instrumentation_disabled' ? checkRuntimes(key, value) : [];
}

function checkBoolean(key: KeySpec, value: SettingValue): Finding[] {
  const word = trim(value.text).toLowerCase();
  if (BOOLEANS.includes(word)) return [];
  const meant = nearest(word, ['true', 'false', 'yes', 'no']);
  const hint = meant === undefined ? 'write true or false' : `did you mean ${meant}?`;
  return [findingAt(key, value, { code: 'bad-boolean', message: 'counts as false', hint })];
}

function checkRuntimes(key: KeySpec, value: SettingValue): Finding[] {
  const findings: Finding[] = [];
  for (const part of value.text.split(',')) {
    const word = trim(part).toLowerCase();
    if (word === '' || word === '*' || RUNTIMES.includes(word)) continue;
    const meant = ALIASES[word] ?? nearest(word, RUNTIMES);
    const message = `${fromByteText(word)} is no runtime, so nothing is disabled by it`;
    const hint =
      meant === undefined ? `known are ${RUNTIMES.join(', ')} and *` : `did you mean ${meant}?`;
    findings.push(findingAt(key, value, { code: 'unknown-runtime', message, hint }));
  }
  return findings;
}

/** Scalars that a later line of the same file replaces. */
function checkShadowed(config: LoadedConfig, { pathOf }: ConfigSources): Finding[] {
  const findings: Finding[] = [];
  for (const { path, state } of config.files) {
    if (state !== 'read') continue;
    const text = readText(pathOf(Buffer.from(path).toString('latin1')), INJECT_LIMITS.configBytes);
    if (text.kind !== 'bytes') continue;
    const lastLine = new Map<string, number>();
    const lines = [...parseLines(text.source)].filter((line) => line.damage === undefined);
    for (const { key, number } of lines) lastLine.set(key, number);
    for (const line of lines) {
      const key = findKey(line.key);
      const later = lastLine.get(line.key);
      if (key === undefined || key.kind === 'patterns' || later === line.number) continue;
      const origin = { kind: 'file', path, line: line.number, column: line.keyAt + 1 } as const;
      const message = `has no effect: line ${later} sets it again`;
      const about = { code: 'shadowed', severity: 'warning', message } as const;
      findings.push(findingAt(key, { text: line.value, origin }, about));
    }
  }
  return findings;
}

/** A configuration that names no agent injects nothing. */
function checkUseful(settings: Settings, { file }: ConfigSources): Finding[] {
  const agents = KEYS.filter((key) => key.path === 'file' || key.path === 'directory');
  if (agents.some((key) => textOf(settings, key.name) !== '')) return [];
  return [
    {
      severity: 'warning',
      code: 'no-agent',
      path: fromByteText(file),
      line: null,
      column: null,
      key: '',
      value: null,
      message: 'no agent is configured, so nothing is injected anywhere',
      hint: 'otel-inject agents add, then otel-inject config set KEY PATH',
    },
  ];
}
