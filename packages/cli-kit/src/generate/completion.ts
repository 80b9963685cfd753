// SPDX-License-Identifier: Apache-2.0
import type { Shell } from '../completion/spec.ts';
import type { ToolSpec } from '../spec/command.ts';

/** A static completion script for one shell. */
export function completionScript(tool: ToolSpec, shell: Shell): string {
  return `# ${tool.bin} ${shell}\n`;
}
