// SPDX-License-Identifier: Apache-2.0
// PHP in any of its forms (cli, fpm, Apache module). The version is part of the X-Powered-By header
// that every build carries.
import { findText } from './findText.ts';
import type { RuntimeDetector } from './types.ts';

export const php: RuntimeDetector = {
  id: 'php',
  name: 'PHP',
  library: /^(libphp\d?(?:\.\d)*\.so|libphp[\d.-]*\.so)/,
  ofFile: ({ elf, name, needed, hasSymbol }) => {
    const library = needed.find((entry) => /^libphp/.test(entry));
    const isWhole = hasSymbol('php_module_startup') || /^libphp/.test(name);
    if (!isWhole && library === undefined) return undefined;
    const evidence = isWhole
      ? [{ from: '.dynsym', says: 'php_module_startup' }]
      : [{ from: 'DT_NEEDED', says: library! }];
    const text = isWhole ? findText(elf, 'X-Powered-By: PHP/', 32) : undefined;
    const version = text === undefined ? undefined : /^\d+\.\d+\.\d+[\w.-]*/.exec(text)?.[0];
    return { id: 'php', evidence, ...(version !== undefined && { version }) };
  },
};
