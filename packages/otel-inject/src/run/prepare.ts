// SPDX-License-Identifier: Apache-2.0
// The environment of one command that shall carry its agent without any installation.
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteText, toByteText } from '../config/byteText.ts';
import {
  DEFAULT_CONFIG_DIRECTORY,
  DEFAULT_CONFIG_FILE,
  findKey,
  type KeyName,
  variableOf,
} from '../config/keys.ts';
import { INJECT_LIMITS } from '../config/limits.ts';
import { hostPaths, listDropIns, readText } from '../config/readText.ts';
import { loadSettings, textOf } from '../config/settings.ts';
import { Environment } from '../explain/predict/environment.ts';
import { type AgentPaths, accountLayout, hostLayout, LIBRARY_FILE } from '../layout/paths.ts';
import type { RunSettings } from './settings.ts';

export interface Prepared {
  /** NAME=VALUE entries. */
  readonly entries: readonly ByteText[];
  /** Removes what was put aside for the command; may be called twice. */
  readonly cleanUp: () => void;
}

/** Keys of agents and where their files are in a layout. */
const AGENT_KEYS: readonly (readonly [KeyName, keyof AgentPaths])[] = [
  ['jvm_auto_instrumentation_agent_path', 'jvm'],
  ['nodejs_auto_instrumentation_agent_path', 'nodejs'],
  ['python_auto_instrumentation_agent_path_prefix', 'python'],
  ['ruby_auto_instrumentation_agent_path_prefix', 'ruby'],
  ['dotnet_auto_instrumentation_agent_path_prefix', 'dotnet'],
];

/**
 * The environment with the library preloaded, the settings, and agents that are there but that no
 * configuration names.
 * @throws system errors where a temporary folder is needed and cannot be made
 */
export function prepareEnvironment(
  entries: readonly ByteText[],
  library: string,
  { variables, envFile }: RunSettings,
  home: string | undefined,
): Prepared {
  const env = new Environment(entries);
  const folders: string[] = [];
  const cleanUp = (): void => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };
  const named = isNameable(library) ? library : linkTo(library, folders);
  env.set('LD_PRELOAD', withPreload(env.get('LD_PRELOAD') ?? '', toByteText(named)));
  for (const [name, value] of variables) env.set(name, value);
  const file = env.nonEmpty('OTEL_INJECTOR_CONFIG_FILE') ?? DEFAULT_CONFIG_FILE;
  const directory = env.nonEmpty('OTEL_INJECTOR_CONFIG_DIR') ?? DEFAULT_CONFIG_DIRECTORY;
  if (envFile !== undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'otel-inject-run-'));
    folders.push(folder);
    const text = joinedConfig(file, directory, envFile);
    writeFileSync(join(folder, 'injector.conf'), Buffer.from(text, 'latin1'), { mode: 0o600 });
    env.set('OTEL_INJECTOR_CONFIG_FILE', toByteText(join(folder, 'injector.conf')));
    env.set('OTEL_INJECTOR_CONFIG_DIR', toByteText(join(folder, 'conf.d')));
  }
  addPresentAgents(env, file, directory, home);
  return { entries: env.entries, cleanUp };
}

/** ld.so(8): blanks and colons part the entries of LD_PRELOAD, and nothing quotes them. */
function isNameable(path: string): boolean {
  return !/[\s:]/.test(path);
}

/**
 * A link to the library under a name that LD_PRELOAD can express, in a folder that other users may
 * pass through: a command may become one of them.
 */
function linkTo(library: string, folders: string[]): string {
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find(isNameable)!;
  const folder = mkdtempSync(join(parent, 'otel-inject-run-'));
  folders.push(folder);
  chmodSync(folder, 0o711);
  const link = join(folder, LIBRARY_FILE);
  symlinkSync(library, link);
  return link;
}

/** Behind what is there already: others' libraries keep their order. */
function withPreload(old: ByteText, library: ByteText): ByteText {
  if (old.split(/[\s:]+/).includes(library)) return old;
  return old === '' ? library : `${old}:${library}`;
}

/** All configuration files as one, and our key behind them. */
function joinedConfig(file: ByteText, directory: ByteText, envFile: ByteText): ByteText {
  const list = listDropIns(hostPaths(directory));
  const names = list.kind === 'names' ? list.names.map((name) => `${directory}/${name}`) : [];
  let text = '';
  for (const path of [file, ...names]) {
    const read = readText(hostPaths(path), INJECT_LIMITS.configBytes);
    if (read.kind === 'bytes') text += `${read.source.replace(/^\xef\xbb\xbf/, '')}\n`;
  }
  const quoted = envFile.replace(/["\\$`]/g, '\\$&');
  return `${text}all_auto_instrumentation_agents_env_path="${quoted}"\n`;
}

/** Without a configuration, agents at their usual places are used as they are. */
function addPresentAgents(
  env: Environment,
  file: ByteText,
  directory: ByteText,
  home: string | undefined,
): void {
  const { settings } = loadSettings({ file, directory, pathOf: hostPaths }, (name) =>
    env.get(name),
  );
  const layouts = [...(home === undefined ? [] : [accountLayout(home)]), hostLayout()];
  for (const [key, agent] of AGENT_KEYS) {
    const [value] = settings[key];
    if (value?.origin.kind !== 'builtin' || textOf(settings, key) !== '') continue;
    const found = layouts.map(({ agents }) => agents[agent]).find((path) => existsSync(path));
    if (found !== undefined) env.set(variableOf(findKey(key)!)!, toByteText(found));
  }
}
