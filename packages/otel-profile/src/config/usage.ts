// SPDX-License-Identifier: Apache-2.0
import { ToolError } from '@otelkit/cli-kit';

/** A mistake on the command line, in a variable or in the configuration file. */
export function usage(message: string, hint?: string): ToolError {
  return new ToolError(message, {
    code: 'USAGE',
    exitCode: 2,
    ...(hint !== undefined && { hint }),
  });
}
