// SPDX-License-Identifier: Apache-2.0
import type { Shell } from '../completion/spec.ts';
import type { ToolSpec } from '../spec/command.ts';
import { bashCompletion } from './completionBash.ts';
import { fishCompletion } from './completionFish.ts';
import { zshCompletion } from './completionZsh.ts';

const MAKERS: Readonly<Record<Shell, (tool: ToolSpec) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** A static completion script for one shell: completing starts no process of ours. */
export function completionScript(tool: ToolSpec, shell: Shell): string {
  return MAKERS[shell](tool);
}
