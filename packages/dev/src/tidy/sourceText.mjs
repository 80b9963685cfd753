// SPDX-License-Identifier: Apache-2.0
// Enough reading of TypeScript and JavaScript for the rules: comments taken out, imports found.
// TypeScript 7 has no parser API in JavaScript, and these two questions do not need one.

// Strings, templates and regular expressions are matched first so that `//` inside them stays. A
// regular expression is told from a division by what stands before it.
const STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/;
const REGULAR_EXPRESSION =
  /(?<=[=(,:;!&|?{}[\n>]\s*|return\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;
const TOKEN = new RegExp(
  [STRING, REGULAR_EXPRESSION, COMMENT].map(({ source }) => source).join('|'),
  'g',
);

/**
 * @param {string} text
 * @returns {string} the text with comments blanked; offsets and line numbers stay
 */
export function stripComments(text) {
  return text.replace(TOKEN, (token) => {
    const isComment = token.startsWith('//') || token.startsWith('/*');
    return isComment ? blank(token) : token;
  });
}

/**
 * Code that is only text here, in a generator or a message, must not pass for an import.
 * @param {string} code
 */
function blankQuotedImports(code) {
  return code.replace(TOKEN, (token) =>
    /\b(?:import|export|require)\b[^\w.\-/]|\bfrom\s*['"]/.test(token) ? blank(token) : token,
  );
}

/** @param {string} text */
function blank(text) {
  return text.replace(/[^\n]/g, ' ');
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
  const real = blankQuotedImports(code);
  for (const pattern of patterns) {
    for (const match of real.matchAll(pattern)) {
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
