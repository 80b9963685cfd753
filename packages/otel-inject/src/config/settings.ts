// SPDX-License-Identifier: Apache-2.0
// The values in force and where each comes from, by the library's own rules
// (native/injector/src/config.zig): built in, injector.conf, conf.d/*.conf, environment.
import { type ByteText, equalsIgnoringCase, fromByteText, trim, wholeNumber } from './byteText.ts';
import { findKey, KEYS, type KeyName, type KeySpec, variableOf } from './keys.ts';
import { INJECT_LIMITS } from './limits.ts';
import { isTrue, type LineDamage, parseLines } from './parseLines.ts';
import { listDropIns, type PathOf, readText } from './readText.ts';

/** Where a value comes from. `column` is 1-based and counts bytes. */
export type Origin =
  | { readonly kind: 'builtin' }
  | { readonly kind: 'file'; readonly path: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string };

/** One line's worth: for a list its comma-separated patterns. */
export interface SettingValue {
  readonly text: ByteText;
  readonly origin: Origin;
}

/** A scalar has one value, a list any number, the latest line first as the library tries them. */
export type Settings = Readonly<Record<KeyName, readonly SettingValue[]>>;

export interface Version {
  readonly major: number;
  readonly minor: number;
}

export type ConfigProblemCode = LineDamage | 'unknown-key' | 'bad-version' | 'unreadable';

export interface ConfigProblem {
  readonly code: ConfigProblemCode;
  readonly path: string;
  /** Absent where it is about the whole file. */
  readonly line?: number;
  readonly column?: number;
  readonly key: string;
  readonly message: string;
}

export interface LoadedConfig {
  readonly settings: Settings;
  /** Why the library would not inject anywhere with this configuration. */
  readonly untrusted?: string;
  /** Files read, in order of precedence; missing ones too. */
  readonly files: readonly ConfigFile[];
  readonly problems: readonly ConfigProblem[];
}

export interface ConfigFile {
  readonly path: string;
  readonly state: 'read' | 'missing' | 'unreadable';
}

export interface ConfigSources {
  readonly file: ByteText;
  readonly directory: ByteText;
  readonly pathOf: PathOf;
}

interface Loading {
  readonly settings: Record<KeyName, SettingValue[]>;
  readonly files: ConfigFile[];
  readonly problems: ConfigProblem[];
  untrusted?: string;
}

/** The built-in values. */
export function builtinSettings(): Record<KeyName, SettingValue[]> {
  const builtin: Origin = { kind: 'builtin' };
  const entries = KEYS.map((key) => [
    key.name,
    key.kind === 'patterns' ? [] : [{ text: key.defaultText, origin: builtin }],
  ]);
  return Object.fromEntries(entries) as Record<KeyName, SettingValue[]>;
}

/** Reads the files, then `variables` (the environment's first entry of a name counts). */
export function loadSettings(
  sources: ConfigSources,
  variable: (name: string) => ByteText | undefined,
): LoadedConfig {
  const loading: Loading = { settings: builtinSettings(), files: [], problems: [] };
  loadFile(loading, sources.file, sources.pathOf);
  loadDirectory(loading, sources.directory, sources.pathOf);
  applyEnvironment(loading.settings, variable);
  return loading;
}

/** Nothing is read: for a program that is no known runtime. */
export function environmentSettings(variable: (name: string) => ByteText | undefined): Settings {
  const settings = builtinSettings();
  applyEnvironment(settings, variable);
  return settings;
}

/** One text as the library applies it; for tests and for `config validate`. */
export function parseSettings(source: ByteText, path: string): LoadedConfig {
  const loading: Loading = { settings: builtinSettings(), files: [], problems: [] };
  applyText(loading, source, path);
  return loading;
}

function loadFile(loading: Loading, path: ByteText, pathOf: PathOf): void {
  const shown = fromByteText(path);
  const text = readText(pathOf(path), INJECT_LIMITS.configBytes);
  if (text.kind === 'bytes') {
    loading.files.push({ path: shown, state: 'read' });
    applyText(loading, text.source, shown);
    return;
  }
  loading.files.push({ path: shown, state: text.kind });
  if (text.kind === 'missing') return;
  refuse(loading, shown, text.why);
}

function loadDirectory(loading: Loading, path: ByteText, pathOf: PathOf): void {
  const list = listDropIns(pathOf(path));
  if (list.kind === 'missing') return;
  if (list.kind === 'unreadable') {
    loading.files.push({ path: fromByteText(path), state: 'unreadable' });
    refuse(loading, fromByteText(path), list.why);
    return;
  }
  for (const name of list.names) loadFile(loading, `${path}/${name}`, pathOf);
}

function refuse(loading: Loading, path: string, why: string): void {
  loading.untrusted ??= `${path} cannot be read: ${why}`;
  const message = `cannot be read: ${why}; nothing is injected while that is so`;
  loading.problems.push({ code: 'unreadable', path, key: '', message });
}

function applyText(loading: Loading, source: ByteText, path: string): void {
  for (const line of parseLines(source)) {
    const key = findKey(line.key);
    const at = { path, line: line.number };
    const isUnsure = line.damage !== undefined && key?.limitsInjection === true;
    if (isUnsure) {
      loading.untrusted ??= `${path}:${line.number}: a line of ${line.key} cannot be read`;
    }
    if (line.damage !== undefined) {
      const column = (line.damageAt ?? 0) + 1;
      const message = damageMessage(line.damage, isUnsure);
      report(loading, { code: line.damage, ...at, column, key: fromByteText(line.key), message });
    } else if (key === undefined) {
      const column = line.keyAt + 1;
      const message = 'there is no such key; the line is ignored';
      report(loading, { code: 'unknown-key', ...at, column, key: fromByteText(line.key), message });
    } else {
      const origin: Origin = { kind: 'file', ...at, column: line.valueAt + 1 };
      if (assign(loading.settings, key, { text: line.value, origin })) continue;
      const message = 'is no version such as 18 or 3.9; the line is ignored';
      const column = line.valueAt + 1;
      report(loading, { code: 'bad-version', ...at, column, key: key.name, message });
    }
  }
}

function report(loading: Loading, problem: ConfigProblem): void {
  if (loading.problems.length < INJECT_LIMITS.problems) loading.problems.push(problem);
}

function damageMessage(damage: LineDamage, isUnsure: boolean): string {
  const what =
    damage === 'open-quote'
      ? 'the quote that begins here does not end on this line'
      : damage === 'no-key'
        ? 'there is no key before "="'
        : 'there is no "=" on this line';
  return isUnsure ? `${what}; nothing is injected while that is so` : `${what}; it is ignored`;
}

/** False for a value that cannot be used and leaves the old one in force. */
function assign(
  settings: Record<KeyName, SettingValue[]>,
  key: KeySpec,
  value: SettingValue,
): boolean {
  if (key.kind === 'patterns') {
    if (trim(value.text) !== '') settings[key.name].unshift(value);
    return true;
  }
  if (key.kind === 'version' && parseVersion(value.text) === undefined) return false;
  settings[key.name] = [value];
  return true;
}

/** The environment replaces lists; it does not add to them. */
function applyEnvironment(
  settings: Record<KeyName, SettingValue[]>,
  variable: (name: string) => ByteText | undefined,
): void {
  for (const key of KEYS) {
    const name = variableOf(key);
    const text = name === undefined ? undefined : variable(name);
    if (name === undefined || text === undefined) continue;
    if (key.kind === 'patterns') settings[key.name] = [];
    assign(settings, key, { text, origin: { kind: 'environment', variable: name } });
  }
}

/** "8", "3.9"; undefined for anything else. What follows a second dot does not count. */
export function parseVersion(text: ByteText): Version | undefined {
  const [first = '', second = '0'] = trim(text).split('.');
  const major = wholeNumber(first);
  const minor = wholeNumber(second);
  return major === undefined || minor === undefined ? undefined : { major, minor };
}

/** Value of a scalar. */
export function textOf(settings: Settings, name: KeyName): ByteText {
  return settings[name][0]?.text ?? '';
}

export function booleanOf(settings: Settings, name: KeyName): boolean {
  return isTrue(textOf(settings, name));
}

export function versionOf(settings: Settings, name: KeyName): Version {
  return parseVersion(textOf(settings, name)) ?? { major: 0, minor: 0 };
}

export function isAtLeast(have: Version, minimum: Version): boolean {
  return (
    have.major > minimum.major || (have.major === minimum.major && have.minor >= minimum.minor)
  );
}

/** The entry of `auto_instrumentation_disabled` that names this runtime, or undefined. */
export function disabledBy(settings: Settings, runtime: string): ByteText | undefined {
  const list = textOf(settings, 'auto_instrumentation_disabled');
  return list
    .split(',')
    .map(trim)
    .find((part) => part === '*' || equalsIgnoringCase(part, runtime));
}

/** `file:line`, the variable's name, or `built in`. */
export function originText(origin: Origin): string {
  if (origin.kind === 'file') return `${origin.path}:${origin.line}`;
  return origin.kind === 'environment' ? origin.variable : 'built in';
}
