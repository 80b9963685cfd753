// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, printable } from '@otelkit/cli-kit';
import {
  buildDependencyTree,
  buildDependencyTreeOf,
  type DependencyTree,
  Resolver,
  type ResolverOptions,
} from '@otelkit/core';
import { reportDiagnostics, reportFailure, withHexOffsets } from '../targets/problems.ts';
import { executableOf, expandTargets, openTarget, type Target } from '../targets/targets.ts';
import { renderPaths, renderTree } from './render.ts';
import { matchingNodes, renderWhy } from './renderWhy.ts';
import type { TreeFlags } from './spec.ts';

export async function run(invocation: Invocation<TreeFlags>): Promise<ExitCode> {
  const { args, output } = invocation;
  const shared = new Resolver(resolverOptions(invocation));
  const onError = (error: unknown, path: string): void => reportFailure(output, error, path);
  for (const target of expandTargets(args, { onError })) {
    try {
      await show(await treeOf(target, shared, invocation), invocation);
    } catch (error) {
      reportFailure(output, error, target.path);
    }
  }
  return output.exitCode();
}

function resolverOptions({ flags, env, cwd }: Invocation<TreeFlags>): ResolverOptions {
  const wantsDlopen = true;
  const given = flags['library-path'];
  if (flags.root !== undefined) {
    // Neither our working directory nor our environment is that of the other root.
    const root = flags.root.startsWith('/') ? flags.root : `${cwd}/${flags.root}`;
    return { root, wantsDlopen, ...(given === undefined ? {} : { libraryPath: given }) };
  }
  const libraryPath = given ?? env['LD_LIBRARY_PATH'];
  const workingDirectory = cwd;
  return { workingDirectory, wantsDlopen, ...(libraryPath === undefined ? {} : { libraryPath }) };
}

async function treeOf(
  target: Target,
  shared: Resolver,
  { flags, cwd }: Invocation<TreeFlags>,
): Promise<DependencyTree> {
  if (target.pid !== undefined) return treeOfProcess(target, flags['library-path']);
  if (target.path !== '-') return buildDependencyTree(insideRoot(target.path, shared), shared);
  const elf = await openTarget(target);
  if (elf === undefined) throw new Error('standard input gave no file');
  try {
    return buildDependencyTreeOf(elf, flags.root === undefined ? `${cwd}/-` : '/-', shared);
  } finally {
    elf.source.close();
  }
}

/** `--root R R/usr/bin/app`, as a shell completes it, means `/usr/bin/app` inside R. */
function insideRoot(path: string, { fs }: Resolver): string {
  if (fs.isHostRoot) return path;
  if (path.startsWith(`${fs.root}/`) && typeof fs.locate(path) === 'string') {
    return path.slice(fs.root.length);
  }
  return path;
}

/** By the open executable, so that a deleted or replaced one is still the one that runs. */
async function treeOfProcess(
  target: Target,
  libraryPath: string | undefined,
): Promise<DependencyTree> {
  const options = libraryPath === undefined ? {} : { libraryPath };
  const root = `/proc/${target.pid}/root`;
  const resolver = new Resolver({ root, wantsDlopen: true, ...options });
  const elf = await openTarget(target);
  if (elf === undefined) throw new Error('the executable gave no file');
  try {
    const path = executableOf(target)?.replace(/ \(deleted\)$/, '') ?? target.path;
    return buildDependencyTreeOf(elf, path, resolver);
  } finally {
    elf.source.close();
  }
}

async function show(tree: DependencyTree, invocation: Invocation<TreeFlags>): Promise<void> {
  const { flags, output } = invocation;
  const { why, depth, all, paths } = flags;
  const isAnswered = why === undefined || matchingNodes(tree, why).length > 0;
  if (tree.missing.length > 0 || !isAnswered) output.fail(ExitCode.negative);
  await output.emit({
    json: () => withHexOffsets(tree),
    text: (context) => {
      if (why !== undefined) return renderWhy(tree, why, context);
      return paths ? renderPaths(tree) : renderTree(tree, { depth, all }, context);
    },
  });
  for (const remark of tree.loader?.remarks ?? []) {
    output.note(`${printable(tree.path)}: ${printable(remark)}`);
  }
  reportDiagnostics(output, tree.diagnostics, 0, tree.path);
}
