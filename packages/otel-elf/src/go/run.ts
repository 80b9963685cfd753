// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, type Output, ToolError } from '@otelkit/cli-kit';
import type { ElfFile } from '@otelkit/core';
import { eachTarget } from '../targets/eachTarget.ts';
import type { Target } from '../targets/targets.ts';
import { renderFunction, renderGo } from './render.ts';
import { type GoReading, goFunctions, readGoProgram } from './service.ts';
import type { GoFlags } from './spec.ts';

/** Functions handed to the output at once: few writes, little memory. */
const FUNCTIONS_PER_WRITE = 1_000;

interface GoOptions {
  readonly deps: boolean;
  readonly settings: boolean;
  readonly functions: boolean;
  readonly filter: RegExp | undefined;
  readonly limit: number;
}

export async function run(invocation: Invocation<GoFlags>): Promise<ExitCode> {
  const { args, flags, output, progress } = invocation;
  const options: GoOptions = {
    deps: flags.deps,
    settings: flags.settings,
    // Who filters the list wants to see it.
    functions: flags.functions || flags.filter !== undefined || flags.limit !== undefined,
    filter: filterOf(flags.filter),
    limit: flags.limit ?? Number.POSITIVE_INFINITY,
  };
  const task = flags.recursive ? progress.begin('files') : undefined;
  await eachTarget(
    args,
    output,
    { recursive: flags.recursive },
    (elf, target) => visit(elf, target, options, output),
    (target) => task?.advance(target.path),
  );
  task?.end();
  return output.exitCode();
}

function filterOf(pattern: string | undefined): RegExp | undefined {
  if (pattern === undefined) return undefined;
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    throw new ToolError((error as Error).message, {
      code: 'BAD_PATTERN',
      exitCode: ExitCode.usage,
      hint: "--filter takes a JavaScript regular expression, e.g. '^net/http\\.'",
    });
  }
}

async function visit(
  elf: ElfFile,
  target: Target,
  options: GoOptions,
  output: Output,
): Promise<void> {
  const reading = readGoProgram(elf);
  const { program } = reading;
  // Walking a directory means "show me the Go programs": others are not worth a word there.
  if (!program.isGo && target.isFound) return;
  if (!program.isGo) output.fail(ExitCode.negative);
  await output.emit({
    json: () =>
      options.functions ? { ...program, functions: listed(elf, reading, options) } : program,
    text: (context) => renderGo(program, options, context),
  });
  if (options.functions && output.mode === 'text')
    await sayFunctions(elf, reading, options, output);
}

function listed(elf: ElfFile, { table }: GoReading, { filter, limit }: GoOptions): object[] {
  return table === undefined ? [] : [...goFunctions(elf, table, filter, limit)];
}

async function sayFunctions(
  elf: ElfFile,
  { table }: GoReading,
  { filter, limit }: GoOptions,
  output: Output,
): Promise<void> {
  if (table === undefined) return;
  let text = '';
  let count = 0;
  for (const entry of goFunctions(elf, table, filter, limit)) {
    text += renderFunction(entry, output.text.style);
    if (++count % FUNCTIONS_PER_WRITE !== 0) continue;
    const block = text;
    text = '';
    await output.say(() => block);
  }
  await output.say(() => text);
}
