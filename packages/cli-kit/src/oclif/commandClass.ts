// SPDX-License-Identifier: Apache-2.0
// oclif's view of the registry.

import { Args, Command, Flags, type Interfaces } from '@oclif/core';
import type { ExitCode } from '../errors/exitCodes.ts';
import { defaultOf, type Parsed } from '../parse/fastParse.ts';
import { parseFlagValue } from '../parse/flagValue.ts';
import type { AnyCommandSpec, ArgSpec } from '../spec/command.ts';
import { allFlags } from '../spec/commonFlags.ts';
import type { FlagSpec } from '../spec/flags.ts';

export type Execute = (spec: AnyCommandSpec, parsed: Parsed) => Promise<ExitCode>;

/** The Command class of one entry of the registry; its result is the exit code. */
export function commandClass(spec: AnyCommandSpec, execute: Execute): Command.Class {
  const specs = allFlags(spec);
  const flags = Object.fromEntries(
    Object.entries(specs).map(([name, flag]) => [name, oclifFlag(flag)]),
  );
  class RegistryCommand extends Command {
    static override id = spec.id;
    static override summary = spec.summary;
    static override description = spec.description.join('\n\n');
    static override examples = spec.examples.map(({ command, says }) => ({
      command,
      description: `${says}:`,
    }));
    static override usage = usageOf(spec);
    static override args = Object.fromEntries(spec.args.map((arg) => [arg.name, oclifArg(arg)]));
    static override flags = flags;

    override async run(): Promise<ExitCode> {
      const { flags: given, raw } = await this.parse(RegistryCommand as never);
      // `argv` of the result is sorted by first occurrence, which mixes up repeated words.
      const args = raw.filter((token) => token.type === 'arg').map((token) => token.input);
      requireArgs(spec, args, given);
      const values: Record<string, unknown> = {};
      for (const [name, flag] of Object.entries(specs)) {
        values[name] = given[name] ?? defaultOf(flag);
      }
      return execute(spec, { args, flags: values });
    }

    // Errors are told by runOclif, in our voice.
    protected override catch(error: Error): never {
      throw error;
    }
  }
  return RegistryCommand as unknown as Command.Class;
}

function usageOf(spec: AnyCommandSpec): string {
  const args = spec.args.map(({ name, multiple, required }) => {
    const shown = multiple === true ? `${name}...` : name;
    return required === true ? shown : `[${shown}]`;
  });
  return [spec.id, '[FLAGS]', ...args].join(' ');
}

function requireArgs(
  spec: AnyCommandSpec,
  args: readonly string[],
  given: Readonly<Record<string, unknown>>,
): void {
  for (const [i, arg] of spec.args.entries()) {
    if (arg.requiredUnless === undefined || args[i] !== undefined) continue;
    if (given[arg.requiredUnless] !== undefined) continue;
    throw new Error(`${arg.name} is missing: give one, or --${arg.requiredUnless}`);
  }
}

function oclifArg(arg: ArgSpec) {
  return Args.string({
    name: arg.name,
    description: arg.summary,
    required: arg.required ?? false,
    // Otherwise oclif waits for stdin where an argument is missing.
    ignoreStdin: true,
    ...(arg.multiple === true && { multiple: true as const }),
    ...(arg.values !== undefined && { options: [...arg.values] }),
  });
}

function oclifFlag(flag: FlagSpec): Interfaces.Flag<unknown> {
  const base = {
    summary: flag.summary,
    ...(flag.description !== undefined && { description: flag.description }),
    ...(flag.char !== undefined && { char: flag.char as 'a' }),
    ...(flag.hidden === true && { hidden: true }),
    ...(flag.exclusive !== undefined && { exclusive: [...flag.exclusive] }),
    ...(flag.group !== undefined && { helpGroup: flag.group }),
  };
  if (flag.kind === 'boolean') {
    return Flags.boolean({ ...base, allowNo: flag.negatable === true }) as Interfaces.Flag<unknown>;
  }
  // oclif infers the value's type from literals; here they are data, so the types are given up.
  const options: Record<string, unknown> = {
    ...base,
    helpValue: flag.placeholder,
    ...(flag.multiple === true && { multiple: true as const, multipleNonGreedy: true }),
    ...(flag.kind === 'option' && { options: [...flag.values] }),
    ...('default' in flag && flag.default !== undefined && { default: flag.default }),
    ...(flag.env !== undefined && { env: flag.env }),
    parse: async (text: string) => {
      const parsed = parseFlagValue(flag, text);
      if (!parsed.ok) throw new Error(`expected ${parsed.expected}, found ${text}`);
      return parsed.value;
    },
  };
  return Flags.custom(options as never)() as Interfaces.Flag<unknown>;
}
