// SPDX-License-Identifier: Apache-2.0
import { BIN, shell } from './samples.ts';

/** Output of a command line on a terminal of this width, by script(1). */
export function onTerminal(line: string, columns: number, env: NodeJS.ProcessEnv = {}): string {
  const command = `stty cols ${columns} rows 40; ${process.execPath} ${BIN} ${line}`;
  const { stdout } = shell('script -qec "$COMMAND" /dev/null < /dev/null', {
    ...env,
    COMMAND: command,
  });
  return stdout;
}

/** The text without colours (SGR sequences). */
export function plain(text: string): string {
  return text.replace(/\x1b\[[0-9;]*m/g, '');
}
