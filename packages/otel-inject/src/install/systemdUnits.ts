// SPDX-License-Identifier: Apache-2.0
// What systemd's files say about LD_PRELOAD: systemd.unit(5) for the order in which they are read,
// systemd.exec(5) and systemd-system.conf(5) for Environment= and DefaultEnvironment=.
import { RootFs } from '@otelkit/core';
import { PLAN_LIMITS } from '../plan/limits.ts';

/** Earlier directories hide files of the same name in later ones. */
const UNIT_DIRECTORIES = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/generator',
  '/run/systemd/generator.late',
];
const CONF_DIRECTORIES = [
  '/etc/systemd',
  '/run/systemd',
  '/usr/local/lib/systemd',
  '/usr/lib/systemd',
];
const MAX_FILES = 256;

/** LD_PRELOAD as other files set it, and those that come after ours. */
export interface OtherPreload {
  /** The last value, as written: specifiers are not expanded. Undefined when nobody sets it. */
  readonly value: string | undefined;
  /** A file that would override ours. */
  readonly overriddenBy: string | undefined;
}

/** Whether a unit has a file of its own; templates stand for their instances. */
export function hasUnitFile(root: string, unit: string): boolean {
  return unitFile(new RootFs(root), unit) !== undefined;
}

/** What a unit's files but ours set. @param ownName file name of our drop-in */
export function unitPreload(root: string, unit: string, ownName: string): OtherPreload {
  const fs = new RootFs(root);
  const main = unitFile(fs, unit);
  const folders = dropInFolders(unit).flatMap((folder) =>
    UNIT_DIRECTORIES.map((directory) => `${directory}/${folder}`),
  );
  return lastValue(fs, main === undefined ? [] : [main], folders, ownName, {
    section: 'Service',
    key: 'Environment',
  });
}

/** What the manager's configuration sets for all services, our drop-in left out. */
export function managerPreload(root: string, ownName: string): OtherPreload {
  const fs = new RootFs(root);
  const main = CONF_DIRECTORIES.map((directory) => `${directory}/system.conf`).find((path) =>
    isFile(fs, path),
  );
  const folders = CONF_DIRECTORIES.map((directory) => `${directory}/system.conf.d`);
  return lastValue(fs, main === undefined ? [] : [main], folders, ownName, {
    section: 'Manager',
    key: 'DefaultEnvironment',
  });
}

interface Setting {
  readonly section: string;
  readonly key: string;
}

function lastValue(
  fs: RootFs,
  main: readonly string[],
  folders: readonly string[],
  ownName: string,
  setting: Setting,
): OtherPreload {
  const dropIns = new Map<string, string>();
  for (const folder of folders) {
    for (const name of fs.list(folder).slice(0, MAX_FILES)) {
      if (name.endsWith('.conf') && !dropIns.has(name)) dropIns.set(name, `${folder}/${name}`);
    }
  }
  dropIns.delete(ownName);
  const names = [...dropIns.keys()].sort();
  let value: string | undefined;
  let overriddenBy: string | undefined;
  for (const path of [...main, ...names.map((name) => dropIns.get(name)!)]) {
    const bytes = fs.readFile(path, PLAN_LIMITS.textFileBytes);
    if (bytes === undefined) continue;
    const found = preloadIn(bytes.toString(), setting);
    if (found === undefined) continue;
    value = found === '' ? undefined : found;
    if (!main.includes(path) && path.slice(path.lastIndexOf('/') + 1) > ownName) {
      overriddenBy = path;
    }
  }
  return { value, overriddenBy };
}

/**
 * The last value of LD_PRELOAD that a file sets; '' when it is taken back (by an empty assignment
 * of the whole list, too), undefined when the file does not speak of it.
 */
export function preloadIn(text: string, { section, key }: Setting): string | undefined {
  let current = '';
  let value: string | undefined;
  // A backslash at the end of a line goes on with the next.
  for (const line of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const trimmed = line.trim();
    if (/^[#;]/.test(trimmed)) continue;
    const header = /^\[(.*)\]$/.exec(trimmed);
    if (header !== null) current = header[1]!;
    const equals = trimmed.indexOf('=');
    if (header !== null || current !== section || equals < 0) continue;
    if (trimmed.slice(0, equals).trim() !== key) continue;
    const list = trimmed.slice(equals + 1).trim();
    if (list === '') value = '';
    for (const word of words(list)) {
      if (word.startsWith('LD_PRELOAD=')) value = word.slice('LD_PRELOAD='.length);
    }
  }
  return value;
}

/** Splits as systemd does: white space, quotes, backslash escapes. */
function words(list: string): string[] {
  const result: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < list.length; i++) {
    const character = list[i]!;
    if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) result.push(word);
      word = undefined;
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (character === quote) {
      quote = '';
    } else if (character === '\\' && i + 1 < list.length) {
      word = `${word ?? ''}${list[++i]}`;
    } else {
      word = `${word ?? ''}${character}`;
    }
  }
  if (word !== undefined) result.push(word);
  return result;
}

function unitFile(fs: RootFs, unit: string): string | undefined {
  for (const name of [unit, templateOf(unit)]) {
    if (name === undefined) continue;
    const path = UNIT_DIRECTORIES.map((directory) => `${directory}/${name}`).find((candidate) =>
      isFile(fs, candidate),
    );
    if (path !== undefined) return path;
  }
  return undefined;
}

/** `foo-bar@x.service` reads the drop-ins of `service`, `foo-`, `foo-bar@` and of itself. */
function dropInFolders(unit: string): string[] {
  const dot = unit.lastIndexOf('.');
  const type = unit.slice(dot + 1);
  const folders = [`${unit}.d`];
  const template = templateOf(unit);
  if (template !== undefined) folders.push(`${template}.d`);
  const stem = unit.slice(0, dot);
  for (let at = stem.lastIndexOf('-'); at > 0; at = stem.lastIndexOf('-', at - 1)) {
    folders.push(`${stem.slice(0, at + 1)}.${type}.d`);
  }
  return [...folders, `${type}.d`];
}

function templateOf(unit: string): string | undefined {
  const match = /^([^@]+@)[^.@]+(\.[a-z]+)$/.exec(unit);
  return match === null ? undefined : `${match[1]}${match[2]}`;
}

function isFile(fs: RootFs, path: string): boolean {
  const located = fs.locate(path);
  return typeof located !== 'string' && located.stats.isFile();
}
