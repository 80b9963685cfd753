// SPDX-License-Identifier: Apache-2.0
import { SHELLS, type Shell } from '../completion/spec.ts';
import type { ToolSpec } from '../spec/command.ts';
import { completionScript } from './completion.ts';
import { commandManPage, toolManPage } from './manPage.ts';
import { referencePage } from './markdown.ts';

// As the shells want to find them.
const COMPLETION_NAMES: Readonly<Record<Shell, (bin: string) => string>> = {
  bash: (bin) => bin,
  zsh: (bin) => `_${bin}`,
  fish: (bin) => `${bin}.fish`,
};

/** Everything made from a registry: path relative to the repository → content. */
export function generatedFiles(tool: ToolSpec): ReadonlyMap<string, string> {
  const folder = `packages/${tool.bin}`;
  const files = new Map<string, string>();
  for (const shell of SHELLS) {
    const name = COMPLETION_NAMES[shell](tool.bin);
    files.set(`${folder}/completions/${shell}/${name}`, completionScript(tool, shell));
  }
  files.set(`${folder}/man/${tool.bin}.1`, toolManPage(tool));
  for (const spec of tool.commands) {
    files.set(`${folder}/man/${tool.bin}-${spec.id}.1`, commandManPage(tool, spec));
  }
  files.set(`docs/cli/${tool.bin}.md`, referencePage(tool));
  return files;
}
