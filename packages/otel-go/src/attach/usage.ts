// SPDX-License-Identifier: Apache-2.0
import { ExitCode, ToolError } from '@otelkit/cli-kit';

/** A mistake on the command line or in a variable. */
export function usage(message: string, hint?: string): ToolError {
  const more = hint !== undefined && { hint };
  return new ToolError(message, { code: 'USAGE', exitCode: ExitCode.usage, ...more });
}
