// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, type Output, ToolError } from '@otelkit/cli-kit';
import type { ElfFile } from '@otelkit/core';
import { eachTarget } from '../targets/eachTarget.ts';
import { findAddresses } from './addresses.ts';
import { LinearPattern } from './linearPattern/linearPattern.ts';
import { PatternError } from './linearPattern/syntax.ts';
import {
  addressJson,
  renderAddress,
  renderFileHeading,
  renderRow,
  renderTableHeading,
  symbolJson,
} from './render.ts';
import { type RowFilter, type SymbolRow, symbolRows } from './rows.ts';
import { type SymbolSource, symbolSources } from './sources.ts';
import type { SymbolsFlags } from './spec.ts';

/** Lines given out at once: fewer writes, and memory that does not grow with the table. */
const LINES_PER_WRITE = 256;

export async function run(invocation: Invocation<SymbolsFlags>): Promise<ExitCode> {
  const { args, flags, output } = invocation;
  const filter: RowFilter = {
    only: flags.defined ? 'defined' : flags.undefined ? 'undefined' : undefined,
    matches: flags.filter === undefined ? undefined : compileFilter(flags.filter),
  };
  const addresses = flags.address ?? [];
  const listing = new Listing(output, filter, flags.limit ?? Number.POSITIVE_INFINITY);
  await eachTarget(args, output, {}, async (elf, target) => {
    const sources = symbolSources(elf, flags.dynamic ?? false);
    if (args.length > 1) await output.say((context) => renderFileHeading(target.path, context));
    if (sources.length === 0) noteNothing(elf, output);
    else if (addresses.length > 0) await answerAddresses(sources, addresses, target.path, output);
    else for (const source of sources) await listing.list(source, target.path);
    for (const source of sources) if (source.elf !== elf) adoptDiagnostics(elf, source.elf);
  });
  if (addresses.length === 0 && listing.shownCount === 0) output.fail(ExitCode.negative);
  return output.exitCode();
}

function compileFilter(pattern: string): (name: string) => boolean {
  try {
    const compiled = new LinearPattern(pattern);
    return (name) => compiled.test(name);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new ToolError(`--filter: ${error.message} (at letter ${error.at + 1})`, {
      code: 'bad-pattern',
      exitCode: ExitCode.usage,
    });
  }
}

function noteNothing(elf: ElfFile, output: Output): void {
  output.note(
    `${elf.source.path}: no symbol table: stripped, and not linked dynamically; ` +
      '`otel-elf inspect` shows where its debug file would be',
  );
  output.fail(ExitCode.negative);
}

/** What was damaged in a file within a file is told with the outer one. */
function adoptDiagnostics(outer: ElfFile, inner: ElfFile): void {
  for (const { code, field, message } of inner.diagnostics.list) {
    outer.diagnostics.add(code, `.gnu_debugdata: ${field}`, message);
  }
}

async function answerAddresses(
  sources: readonly SymbolSource[],
  addresses: readonly bigint[],
  path: string,
  output: Output,
): Promise<void> {
  for (const answer of findAddresses(sources, addresses)) {
    if (answer.row === undefined) output.fail(ExitCode.negative);
    await output.emit({
      json: () => addressJson(path, answer),
      text: (context) => renderAddress(answer, context),
    });
  }
}

/** Gives rows out as they come, up to the limit. */
class Listing {
  shownCount = 0;
  readonly #output: Output;
  readonly #filter: RowFilter;
  readonly #limit: number;

  constructor(output: Output, filter: RowFilter, limit: number) {
    this.#output = output;
    this.#filter = filter;
    this.#limit = limit;
  }

  async list(source: SymbolSource, path: string): Promise<void> {
    if (this.shownCount >= this.#limit) return;
    if (this.#output.mode === 'text') return this.#listText(source);
    for (const row of this.#rows(source)) {
      // Only a slow reader gives a promise; awaiting each line would cost more than the line.
      const pending = this.#output.emit({ json: () => symbolJson(path, row), text: () => '' });
      if (pending !== undefined) await pending;
    }
  }

  async #listText(source: SymbolSource): Promise<void> {
    const { style } = this.#output.text;
    const is64 = source.elf.header.class === 64;
    let lines = '';
    let count = 0;
    let heading: string | undefined = renderTableHeading(source, this.#output.text);
    for (const row of this.#rows(source)) {
      if (heading !== undefined) lines = heading;
      heading = undefined;
      lines += renderRow(row, is64, style);
      if (++count % LINES_PER_WRITE !== 0) continue;
      const text = lines;
      await this.#output.say(() => text);
      lines = '';
    }
    if (lines !== '') await this.#output.say(() => lines);
  }

  *#rows(source: SymbolSource): Generator<SymbolRow> {
    for (const row of symbolRows(source, this.#filter)) {
      if (this.shownCount >= this.#limit) return;
      this.shownCount++;
      yield row;
    }
  }
}
