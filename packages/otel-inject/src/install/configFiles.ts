// SPDX-License-Identifier: Apache-2.0
// The configuration that the library reads. An existing one is never touched: it is the users'.
import type { Layout } from '../layout/paths.ts';
import type { PlanBuilder } from '../plan/planBuilder.ts';
import { MARK } from './mark.ts';

export type RuntimeName = 'java' | 'node' | 'python' | 'ruby' | 'dotnet';

/** What the configuration calls the runtimes. */
export const CONFIG_NAMES: Readonly<Record<RuntimeName, string>> = {
  java: 'jvm',
  node: 'nodejs',
  python: 'python',
  ruby: 'ruby',
  dotnet: 'dotnet',
};

const CONFIG_MODE = 0o644;

/** Drop-in that switches off the runtimes that `--runtime` does not name. */
export function runtimesDropIn(layout: Layout): string {
  return `${layout.dropInDirectory}/10-otel-inject-runtimes.conf`;
}

/** Plans injector.conf where there is none, and the choice of runtimes. */
export function planConfig(builder: PlanBuilder, runtimes: readonly RuntimeName[]): void {
  const { layout } = builder;
  const { state, bytes: there } = builder.resolve(layout.configFile);
  const known = builder.known(layout.configFile);
  const common = { role: 'config', mode: CONFIG_MODE, isText: true } as const;
  const isOurs = hasMark;
  const bytes = Buffer.from(injectorConf(layout));
  // The same bytes without a receipt are ours, too.
  if (state.kind === 'absent' || (known === undefined && there?.equals(bytes) === true)) {
    const why = 'where the agents are';
    builder.file({ ...common, path: layout.configFile, bytes, why, isOurs });
  } else {
    builder.keepKnown(({ path }) => path === layout.configFile);
    if (known === undefined) builder.notes.push(`${layout.configFile} is there and stays as it is`);
  }
  planRuntimes(builder, runtimes);
}

function planRuntimes(builder: PlanBuilder, runtimes: readonly RuntimeName[]): void {
  const path = runtimesDropIn(builder.layout);
  const others = Object.entries(CONFIG_NAMES).filter(([name]) => !isNamed(runtimes, name));
  if (runtimes.length === 0 || others.length === 0) {
    if (builder.known(path) !== undefined) builder.drop(path, 'all runtimes are wanted again');
    return;
  }
  const disabled = others.map(([, name]) => name).join(',');
  const bytes = Buffer.from(`${MARK}\nauto_instrumentation_disabled=${disabled}\n`);
  const why = `only ${runtimes.join(', ')}`;
  builder.file({
    role: 'config',
    mode: CONFIG_MODE,
    isText: true,
    path,
    bytes,
    why,
    isOurs: hasMark,
  });
}

function isNamed(runtimes: readonly string[], name: string): boolean {
  return runtimes.includes(name);
}

/** True for a file that `install` wrote. */
export function hasMark(bytes: Buffer): boolean {
  return bytes.toString('latin1').startsWith(MARK);
}

function injectorConf({ agents, dropInDirectory, defaultEnvFile }: Layout): string {
  return [
    MARK,
    '# An empty path switches a runtime off. Keys and values: `otel-inject config get`.',
    `# Files in ${dropInDirectory} come after this one, in the order of their names.`,
    `jvm_auto_instrumentation_agent_path=${quoted(agents.jvm)}`,
    `nodejs_auto_instrumentation_agent_path=${quoted(agents.nodejs)}`,
    `python_auto_instrumentation_agent_path_prefix=${quoted(agents.python)}`,
    `ruby_auto_instrumentation_agent_path_prefix=${quoted(agents.ruby)}`,
    `dotnet_auto_instrumentation_agent_path_prefix=${quoted(agents.dotnet)}`,
    `all_auto_instrumentation_agents_env_path=${quoted(defaultEnvFile)}`,
    '',
  ].join('\n');
}

function quoted(path: string): string {
  return /^[\w@%+:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
