// SPDX-License-Identifier: Apache-2.0
import type { ExitCode, Invocation } from '@otelkit/cli-kit';
import { scanFiles } from './files.ts';
import { scanProcesses } from './processes.ts';
import type { ScanFlags } from './spec.ts';

/** Files as they are found, then the processes; each part only when asked for. */
export async function run(invocation: Invocation<ScanFlags>): Promise<ExitCode> {
  const { args, flags, output, progress, cwd } = invocation;
  if (args.length > 0) {
    const options = { oneFileSystem: flags['one-file-system'], root: flags.root, cwd };
    const count = await scanFiles(args, options, output, progress);
    await output.say(({ style }) => style.faint(`${count} ELF files\n`));
  }
  if (flags.proc) {
    const showArguments = flags['show-args'];
    const showEnvironment = flags['show-env'];
    await scanProcesses({ showArguments, showEnvironment }, output, progress);
  }
  return output.exitCode();
}
