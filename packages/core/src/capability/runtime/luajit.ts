// SPDX-License-Identifier: Apache-2.0
// LuaJIT, alone or inside a server (OpenResty).
import { findText } from './findText.ts';
import type { RuntimeDetector } from './types.ts';

const LIBRARY = /^libluajit-5\.1\.so/;

export const luajit: RuntimeDetector = {
  id: 'luajit',
  name: 'LuaJIT',
  library: LIBRARY,
  ofFile: ({ elf, name, needed, hasSymbol }) => {
    const library = needed.find((entry) => LIBRARY.test(entry));
    const isWhole = LIBRARY.test(name) || hasSymbol('luaJIT_setmode');
    if (!isWhole && library === undefined) return undefined;
    const evidence = isWhole
      ? [{ from: '.dynsym', says: 'luaJIT_setmode' }]
      : [{ from: 'DT_NEEDED', says: library! }];
    const text = isWhole ? findText(elf, 'LuaJIT 2.', 24) : undefined;
    const version = text === undefined ? undefined : /^[\d.]+[\w.-]*/.exec(text)?.[0];
    return { id: 'luajit', evidence, ...(version !== undefined && { version: `2.${version}` }) };
  },
};
