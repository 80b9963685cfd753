// SPDX-License-Identifier: Apache-2.0

/**
 * A pattern of paths: `*` and `?` stay within a component, `**` does not. One without a slash is of
 * the file's name alone. Never throws, and takes time in proportion to the path.
 */
export function pathGlob(pattern: string): RegExp {
  let source = pattern.includes('/') ? '' : '(?:.*/)?';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '*') {
      const isDeep = pattern[i + 1] === '*';
      while (pattern[i + 1] === '*') i++;
      source += isDeep ? '.*' : '[^/]*';
    } else if (character === '?') source += '[^/]';
    else source += character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 's');
}
