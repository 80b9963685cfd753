// SPDX-License-Identifier: Apache-2.0
// Ruby (MRI): ruby_run_node is its entry point, ruby_version[] its version.
import type { ElfFile } from '../../elf/elfFile.ts';
import { findDynamicSymbol } from '../../symbols/lookup.ts';
import type { RuntimeDetector } from './types.ts';

const LIBRARY = /^libruby(?:-(\d\.\d{1,2}))?\.so/;

export const ruby: RuntimeDetector = {
  id: 'ruby',
  name: 'Ruby',
  library: LIBRARY,
  ofFile: ({ elf, name, needed, hasSymbol }) => {
    const isWhole = LIBRARY.test(name) || hasSymbol('ruby_run_node');
    const library = needed.find((entry) => LIBRARY.test(entry));
    if (!isWhole && library === undefined) return undefined;
    const evidence = isWhole
      ? [{ from: '.dynsym', says: 'ruby_run_node' }]
      : [{ from: 'DT_NEEDED', says: library! }];
    const version =
      (isWhole ? versionString(elf) : undefined) ?? LIBRARY.exec(library ?? name)?.[1];
    return { id: 'ruby', evidence, ...(version !== undefined && { version }) };
  },
};

function versionString(elf: ElfFile): string | undefined {
  const symbol = findDynamicSymbol(elf, 'ruby_version');
  if (symbol === undefined) return undefined;
  const text = elf.readVirtual(symbol.value, 16).toString('latin1');
  return /^(\d{1,2}\.\d{1,2}\.\d{1,2})\0/.exec(text)?.[1];
}
