// SPDX-License-Identifier: Apache-2.0
import type { AnyCommandSpec, ToolSpec } from '../spec/command.ts';
import { allFlags } from '../spec/commonFlags.ts';

/** What is wrong with a registry, one sentence each; the tools' tests want none. */
export function registryMistakes(tool: ToolSpec): readonly string[] {
  const ids = tool.commands.map(({ id }) => id);
  const repeated = ids.filter((id, i) => ids.indexOf(id) !== i);
  return [
    ...repeated.map((id) => `two commands are named ${id}`),
    ...tool.commands.flatMap((spec) => commandMistakes(tool.bin, spec)),
  ];
}

function commandMistakes(bin: string, spec: AnyCommandSpec): readonly string[] {
  const mistakes: string[] = [];
  const { id, examples, args } = spec;
  if (!/^[a-z]+$/.test(id)) mistakes.push(`${id}: a command's name is lower-case letters`);
  if (examples.length < 3) mistakes.push(`${id}: fewer than three examples`);
  for (const { command } of examples) {
    if (!command.includes(`${bin} ${id}`))
      mistakes.push(`${id}: an example of another: ${command}`);
  }
  for (const [i, arg] of args.entries()) {
    if (arg.multiple === true && i < args.length - 1) mistakes.push(`${id}: ${arg.name} takes all`);
    const unless = arg.requiredUnless;
    if (unless !== undefined && !Object.hasOwn(spec.flags, unless)) {
      mistakes.push(`${id}: ${arg.name} is required unless --${unless}, which is not there`);
    }
  }
  // oclif's help is a template engine.
  if (JSON.stringify(spec).includes('<%')) mistakes.push(`${id}: <% means something to oclif`);
  return [...mistakes, ...flagMistakes(spec)];
}

function flagMistakes(spec: AnyCommandSpec): readonly string[] {
  const mistakes: string[] = [];
  const flags = allFlags(spec);
  const chars = new Map<string, string>([['h', 'help']]);
  for (const [name, flag] of Object.entries(flags)) {
    const where = `${spec.id} --${name}`;
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length < 2) {
      mistakes.push(`${where}: a flag's name is lower-case words with hyphens`);
    }
    if (name.startsWith('no-')) mistakes.push(`${where}: negations are made by \`negatable\``);
    if (name === 'help' || name === 'version') mistakes.push(`${where}: is taken`);
    if (flag.char !== undefined) {
      const other = chars.get(flag.char);
      if (flag.char.length !== 1) mistakes.push(`${where}: -${flag.char} is no single letter`);
      if (other !== undefined) mistakes.push(`${where}: -${flag.char} is --${other} already`);
      chars.set(flag.char, name);
    }
    for (const other of flag.exclusive ?? []) {
      if (!Object.hasOwn(flags, other)) mistakes.push(`${where}: excludes --${other}, not there`);
    }
    if (/[.]$/.test(flag.summary)) mistakes.push(`${where}: the summary ends in a full stop`);
  }
  return mistakes;
}
