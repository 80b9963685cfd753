// SPDX-License-Identifier: Apache-2.0
import { type Command, Config, type Interfaces } from '@oclif/core';
import type { ToolSpec } from '../spec/command.ts';
import { commandClass, type Execute } from './commandClass.ts';

/**
 * oclif's configuration out of the registry alone: no package.json is read and no folder searched,
 * so that it works the same from a bundle, from sources, and wherever the tool is installed.
 */
export async function oclifConfig(tool: ToolSpec, execute: Execute): Promise<Config> {
  const pjson: Interfaces.PJSON = {
    name: tool.bin,
    version: tool.version,
    description: tool.summary,
    oclif: { bin: tool.bin, topicSeparator: ' ', flexibleTaxonomy: false },
  } as Interfaces.PJSON;
  const plugin = registryPlugin(tool, pjson);
  for (const spec of tool.commands) {
    const made = commandClass(spec, execute);
    plugin.commands.push(loadable(made, tool));
  }
  const config = new Config({ root: '/', pjson, plugins: new Map([[plugin.name, plugin]]) });
  await config.load();
  return config;
}

// What oclif's manifest would hold: help reads this, and never runs the class.
function loadable(made: Command.Class, tool: ToolSpec): Command.Loadable {
  return {
    aliases: [],
    args: made.args,
    description: made.description,
    examples: made.examples,
    flags: made.flags,
    hidden: false,
    hiddenAliases: [],
    id: made.id,
    pluginName: tool.bin,
    pluginType: 'core',
    strict: made.strict,
    summary: made.summary,
    usage: made.usage,
    load: async () => made,
  } as unknown as Command.Loadable;
}

function registryPlugin(tool: ToolSpec, pjson: Interfaces.PJSON): Interfaces.Plugin {
  const commands: Command.Loadable[] = [];
  const plugin = {
    _base: '',
    alias: tool.bin,
    commandIDs: tool.commands.map((spec) => spec.id),
    commands,
    hasManifest: false,
    hooks: {},
    isRoot: true,
    moduleType: 'commonjs',
    name: tool.bin,
    options: { root: '/' },
    pjson,
    root: '/',
    topics: [],
    type: 'core',
    valid: true,
    version: tool.version,
    load: async () => {},
    findCommand: async (id: string) => commands.find((command) => command.id === id)?.load(),
  };
  return plugin as unknown as Interfaces.Plugin;
}
