// SPDX-License-Identifier: Apache-2.0
// Perl 5: perl_parse is its entry point; the version is the one that XS modules are checked against.
import { findText } from './findText.ts';
import type { RuntimeDetector } from './types.ts';

const LIBRARY = /^libperl\.so(?:\.(5\.\d{1,2}))?/;

export const perl: RuntimeDetector = {
  id: 'perl',
  name: 'Perl',
  library: LIBRARY,
  ofFile: ({ elf, name, needed, hasSymbol }) => {
    const library = needed.find((entry) => LIBRARY.test(entry));
    const isWhole = LIBRARY.test(name) || hasSymbol('perl_parse');
    if (!isWhole && library === undefined) return undefined;
    const evidence = isWhole
      ? [{ from: '.dynsym', says: 'perl_parse' }]
      : [{ from: 'DT_NEEDED', says: library! }];
    const text = isWhole ? findText(elf, '\0v5.', 8) : undefined;
    const exact = text === undefined ? null : /^\d{1,2}\.\d{1,2}$/.exec(text);
    const version = exact === null ? LIBRARY.exec(library ?? name)?.[1] : `5.${exact[0]}`;
    return { id: 'perl', evidence, ...(version !== undefined && { version }) };
  },
};
