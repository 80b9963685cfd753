// SPDX-License-Identifier: Apache-2.0
import { type CommandBody, ToolError } from '@otelkit/cli-kit';

/** Stands in for a command's body that is not written yet. */
// biome-ignore lint/suspicious/noExplicitAny: stands in for any command
export function notBuilt(command: string): CommandBody<any>['run'] {
  return () => {
    throw new ToolError(`${command} is not built yet`, { code: 'NOT_BUILT', exitCode: 1 });
  };
}
