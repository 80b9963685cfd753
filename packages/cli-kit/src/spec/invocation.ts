// SPDX-License-Identifier: Apache-2.0
import type { Output } from '../output/output.ts';
import type { Progress } from '../progress/progress.ts';
import type { ToolSpec } from './command.ts';
import type { FlagSpecs, FlagValues } from './flags.ts';

/** All that a command knows of the outside world. It reads no `process.*` itself. */
export interface Invocation<F extends FlagSpecs = FlagSpecs> {
  /** The whole registry, e.g. `tool.bin` for hints. */
  readonly tool: ToolSpec;
  readonly commandId: string;
  /**
   * The arguments. `-` means stdin. Bytes that are not UTF-8 are lone surrogates U+DC80…U+DCFF:
   * pass a path through core's `encodePath` before it goes to a system call.
   */
  readonly args: readonly string[];
  readonly flags: FlagValues<F>;
  readonly output: Output;
  readonly progress: Progress;
  /** Only the variables that the command's `env` names. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: { readonly isTty: boolean };
}
