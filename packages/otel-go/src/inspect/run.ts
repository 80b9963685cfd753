// SPDX-License-Identifier: Apache-2.0
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  BpfHelper,
  findHelper,
  type GoCatalog,
  type GoLibrary,
  type GoSitesReply,
} from '@otelkit/bpf-client';
import { ExitCode, type Invocation, ToolError } from '@otelkit/cli-kit';
import { ElfFile, InputError, openFile, openVerified } from '@otelkit/core';
import { analyzeGo, attachParts, isAnalysis, wantedOf } from '../analyze/index.ts';
import { renderInspect } from './render.ts';
import { emptyReport, type InspectReport, inspectReport, RUNTIME_LIBRARY } from './report.ts';
import type { InspectFlags } from './spec.ts';

export async function run({ args, flags, output }: Invocation<InspectFlags>): Promise<ExitCode> {
  const { path: helperPath } = findHelper({ given: flags.helper, from: process.argv[1] ?? '.' });
  const helper = new BpfHelper({ path: helperPath, events: {} });
  try {
    const catalog = (await helper.request('goCatalog')) as unknown as GoCatalog;
    // A list that is empty may come as null.
    const libraries = catalog.libraries.map((library) => ({
      ...library,
      functions: library.functions ?? [],
      fields: library.fields ?? [],
    }));
    for (const path of args) {
      const report = await inspectOne(path, helper, libraries);
      if (report === undefined) continue;
      await output.emit({
        json: () => report,
        text: (context) => renderInspect(report, { isDetailed: flags.all }, context),
      });
      if (!isUseful(report)) output.fail(ExitCode.negative);
    }
  } finally {
    await helper.close();
  }
  return output.exitCode();
}

/** @throws ToolError where the file cannot be read */
async function inspectOne(
  arg: string,
  helper: BpfHelper,
  libraries: readonly GoLibrary[],
): Promise<InspectReport | undefined> {
  const path = pathOf(arg);
  let elf: ElfFile;
  try {
    const source = path === arg ? openFile(path) : openVerified(path, path);
    try {
      elf = new ElfFile(source);
    } catch (error) {
      source.close();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (error.code === 'not-elf') return emptyReport(arg, 'is not an ELF file', false);
    throw new ToolError(error.message, { code: 'UNREADABLE', exitCode: ExitCode.io });
  }
  try {
    const analysis = analyzeGo(elf, wantedOf(libraries), { crossCheck: true });
    if (!isAnalysis(analysis)) {
      return emptyReport(arg, analysis.reason, analysis.reason !== 'is not a Go program');
    }
    const { functions } = attachParts(analysis);
    const goVersion = analysis.goVersion.text;
    // The helper has a working directory of its own.
    const sites = { path: resolve(path), functions, goVersion };
    const reply = await helper.request('goSites', sites);
    return inspectReport(arg, analysis, libraries, reply as unknown as GoSitesReply);
  } finally {
    elf.source.close();
  }
}

/** A file of that name wins over a process, as everywhere. */
function pathOf(arg: string): string {
  if (!/^[1-9]\d{0,6}$/.test(arg)) return arg;
  try {
    lstatSync(arg);
    return arg;
  } catch {
    return `/proc/${arg}/exe`;
  }
}

function isUseful({ libraries }: InspectReport): boolean {
  return libraries.some(
    ({ name, verdict }) => name !== RUNTIME_LIBRARY && verdict === 'instrumented',
  );
}
