// SPDX-License-Identifier: Apache-2.0
// Enough reading of TypeScript and JavaScript for the rules: comments taken out, imports found.
// TypeScript 7 has no parser API in JavaScript, and these two questions do not need one.

/**
 * @param {string} text
 * @returns {string} the text with comments blanked; offsets and line numbers stay
 */
export function stripComments(text) {
  // Strings, templates and regular expressions are matched first so that `//` inside them stays. A
  // regular expression is told from a division by what stands before it.
  const token =
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:;!&|?{}[\n>]\s*|return\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(token, (match) => {
    const isComment = match.startsWith('//') || match.startsWith('/*');
    return isComment ? match.replace(/[^\n]/g, ' ') : match;
  });
}

/**
 * @typedef {object} Import
 * @property {string} specifier
 * @property {number} line from 1
 * @property {boolean} typeOnly gone at run time
 */

/**
 * @param {string} code without comments
 * @returns {Import[]} static, re-exporting, dynamic and required ones
 */
export function findImports(code) {
  const patterns = [
    /^[ \t]*(?:import|export)\s(?<type>type\s)?[^'"`;]*?\bfrom\s*['"](?<specifier>[^'"\n]+)['"]/gm,
    /^[ \t]*import\s*['"](?<specifier>[^'"\n]+)['"]/gm,
    /\b(?:import|require|require\.resolve)\(\s*['"](?<specifier>[^'"\n]+)['"]/g,
  ];
  const imports = [];
  for (const pattern of patterns) {
    for (const match of code.matchAll(pattern)) {
      const { specifier = '', type } = match.groups ?? {};
      const offset = match.index + match[0].lastIndexOf(specifier);
      imports.push({ specifier, line: lineOf(code, offset), typeOnly: type !== undefined });
    }
  }
  return imports.sort((left, right) => left.line - right.line);
}

/**
 * @param {string} text
 * @param {number} offset
 * @returns {number} from 1
 */
export function lineOf(text, offset) {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}
