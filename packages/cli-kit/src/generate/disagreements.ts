// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolSpec } from '../spec/command.ts';
import { generatedFiles } from './files.ts';
import { registryMistakes } from './validate.ts';

/**
 * Where a registry and what is written down elsewhere about the tool do not agree, one sentence
 * each; empty when all is well. For the tests of every tool.
 * @param root of the repository
 */
export function registryDisagreements(tool: ToolSpec, root: string): string[] {
  const folder = join('packages', tool.bin);
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const manifest = JSON.parse(read(join(folder, 'package.json'))) as {
    readonly version: string;
    readonly man?: readonly string[];
  };
  const files = generatedFiles(tool);
  const found = [...registryMistakes(tool)];
  if (manifest.version !== tool.version) {
    found.push(`package.json says version ${manifest.version}, version.ts ${tool.version}`);
  }
  const pages = [...files.keys()].filter((path) => path.endsWith('.1'));
  const expected = pages.map((path) => path.replace(`${folder}/`, './')).sort();
  if (JSON.stringify(manifest.man ?? []) !== JSON.stringify(expected)) {
    found.push(`"man" of package.json should be ${JSON.stringify(expected)}`);
  }
  found.push(...bundleDisagreements(tool, read(join(folder, 'build.mjs'))));
  for (const [path, content] of files) {
    if (existsSync(join(root, path)) && read(path) === content) continue;
    const how = `node --import tsx packages/cli-kit/bin/generate.mjs ${tool.bin}`;
    found.push(`${path} is stale; run: ${how}`);
  }
  return found;
}

/** build.mjs names each command but completion, which is in the common bundle. */
function bundleDisagreements(tool: ToolSpec, source: string): string[] {
  const listed = /commands: \[([^\]]*)\]/.exec(source)?.[1] ?? '';
  const named = [...listed.matchAll(/'([a-z]+)'/g)].map((match) => match[1]!);
  const ids = tool.commands.map(({ id }) => id).filter((id) => id !== 'completion');
  if (named.join(' ') === ids.join(' ')) return [];
  return [`build.mjs bundles ${named.join(' ')}; the registry has ${ids.join(' ')}`];
}
