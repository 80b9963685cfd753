// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '../spec/command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const flags = {} as const;
export type CompletionFlags = typeof flags;

/** The `completion` command, the same in every tool. */
export function completionSpec(bin: string): CommandSpec<CompletionFlags> {
  return defineCommand({
    id: 'completion',
    summary: 'The script that lets your shell complete commands, flags and values',
    description: [
      'Writes a static script to stdout: completing starts no process of ours. Load it from the ' +
        "shell's start-up file, or put it where the shell looks for completions.",
    ],
    examples: [
      { command: `source <(${bin} completion bash)`, says: 'in ~/.bashrc' },
      {
        command: `${bin} completion zsh > "\${fpath[1]}/_${bin}"`,
        says: 'for zsh, in a directory of its fpath',
      },
      {
        command: `${bin} completion fish > ~/.config/fish/completions/${bin}.fish`,
        says: 'for fish',
      },
    ],
    args: [{ name: 'SHELL', summary: 'bash, zsh or fish', required: true, values: SHELLS }],
    flags,
    outputs: 'text',
    load: () => import('./run.ts'),
  });
}
