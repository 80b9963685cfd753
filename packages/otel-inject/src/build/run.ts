// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import { InputError } from '@otelkit/core';
import { findLibrary } from '../library/find.ts';
import { checkShape } from './checkShape.ts';
import {
  type BuildTarget,
  compileLibrary,
  compileRescue,
  findSources,
  ownTarget,
  TARGET_FOLDERS,
} from './compile.ts';
import { renderShape } from './render.ts';
import type { BuildFlags } from './spec.ts';

type BuildInvocation = Invocation<BuildFlags>;

export async function run(invocation: BuildInvocation): Promise<ExitCode> {
  const { flags, output, cwd } = invocation;
  if (flags.check !== undefined) {
    await report(invocation, flags.check);
    return output.exitCode();
  }
  const targets = wantedTargets(flags.target ?? []);
  const native = findSources(process.argv[1] ?? cwd, prebuilt());
  const out = resolve(cwd, flags.out);
  const zig = flags.zig === undefined ? undefined : resolve(cwd, flags.zig);
  for (const target of targets) {
    output.note(`building for ${target}`);
    await report(invocation, await compileLibrary({ native, target, out, zig }), target);
  }
  await compileRescue({ native, target: targets[0]!, out, zig });
  return output.exitCode();
}

async function report({ output, cwd }: BuildInvocation, path: string, target?: string) {
  try {
    const shape = checkShape(resolve(cwd, path), target);
    if (!shape.ok) output.fail(ExitCode.negative);
    await output.emit({ json: () => shape, text: (context) => renderShape(shape, context) });
  } catch (error) {
    const isInput = error instanceof InputError && error.code !== 'io';
    output.problem(error, { path, exitCode: isInput ? ExitCode.malformed : ExitCode.io });
  }
}

function wantedTargets(given: readonly string[]): BuildTarget[] {
  if (given.length === 0) return [ownTarget(process.arch)];
  if (given.includes('all')) return Object.keys(TARGET_FOLDERS) as BuildTarget[];
  return [...new Set(given as BuildTarget[])];
}

function prebuilt(): string | undefined {
  try {
    return findLibrary().path;
  } catch {
    return undefined;
  }
}
