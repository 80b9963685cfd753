// SPDX-License-Identifier: Apache-2.0
// CPython: Py_BytesMain is its entry point since 3.8. Py_Version (since 3.11) is the version as
// PY_VERSION_HEX; before, the file name of the library or of the program tells major and minor.
import type { ElfFile } from '../../elf/elfFile.ts';
import { findDynamicSymbol } from '../../symbols/lookup.ts';
import type { RuntimeDetector } from './types.ts';

const LIBRARY = /^libpython(\d\.\d{1,2})[a-z]{0,3}\.so/;

export const cpython: RuntimeDetector = {
  id: 'cpython',
  name: 'Python',
  library: LIBRARY,
  ofFile: ({ elf, name, needed, hasSymbol }) => {
    const isLibrary = LIBRARY.test(name);
    const isWhole = isLibrary || hasSymbol('Py_BytesMain') || hasSymbol('Py_Main');
    const library = needed.find((entry) => LIBRARY.test(entry));
    if (!isWhole && library === undefined) return undefined;
    const evidence = isWhole
      ? [{ from: isLibrary ? name : '.dynsym', says: isLibrary ? 'is CPython' : 'Py_BytesMain' }]
      : [{ from: 'DT_NEEDED', says: library! }];
    const named = LIBRARY.exec(library ?? name)?.[1] ?? /^python(\d\.\d{1,2})/.exec(name)?.[1];
    const version = (isWhole ? versionConstant(elf) : undefined) ?? named;
    return { id: 'cpython', evidence, ...(version !== undefined && { version }) };
  },
};

function versionConstant(elf: ElfFile): string | undefined {
  const symbol = findDynamicSymbol(elf, 'Py_Version');
  if (symbol === undefined) return undefined;
  const bytes = elf.readVirtual(symbol.value, 4);
  if (bytes.length < 4) return undefined;
  const hex = elf.endian.u32(bytes, 0);
  const [major, minor, micro] = [hex >>> 24, (hex >>> 16) & 255, (hex >>> 8) & 255];
  if (major < 2 || major > 9) return undefined;
  const level = (hex >>> 4) & 15;
  const suffix = level === 15 ? '' : `${level === 10 ? 'a' : level === 11 ? 'b' : 'rc'}${hex & 15}`;
  return `${major}.${minor}.${micro}${suffix}`;
}
