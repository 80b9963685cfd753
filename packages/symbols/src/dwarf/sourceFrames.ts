// SPDX-License-Identifier: Apache-2.0
// DWARF's frames as those that everybody sees. The function itself is called as its symbol is:
// `parse.cold` says more than `parse`, and tables agree with tools that have no DWARF.
import type { Demangler } from '../demangle/demangler.ts';
import { NO_FRAMES, type SourceFrame } from '../frames.ts';
import type { DwarfFrame } from './dwarfInstance.ts';

/** @param symbolName of the function that holds the address, where a symbol table has one */
export function sourceFrames(
  frames: readonly DwarfFrame[],
  symbolName: string | undefined,
  demangler: Demangler | undefined,
): readonly SourceFrame[] {
  if (frames.length === 0) return symbolName === undefined ? NO_FRAMES : [named(symbolName)];
  const result: SourceFrame[] = [];
  const outermost = frames.length - 1;
  for (const [i, { name, file, line, column }] of frames.entries()) {
    const systemName = i === outermost ? (symbolName ?? name) : name;
    // An inlined call without a name tells nothing; its caller has the line of the call.
    if (systemName === '') continue;
    result.push({
      ...named(systemName),
      ...(file !== '' && { file }),
      ...(line > 0 && { line }),
      ...(line > 0 && column > 0 && { column }),
      isInlined: i !== outermost,
    });
  }
  return result;

  function named(systemName: string): SourceFrame {
    const functionName = demangler?.demangle(systemName) ?? systemName;
    return functionName === systemName
      ? { functionName, isInlined: false }
      : { functionName, systemName, isInlined: false };
  }
}
