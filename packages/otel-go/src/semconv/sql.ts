// SPDX-License-Identifier: Apache-2.0
// What a statement says of itself: its operation, its table, and its text without literals.
import { GO_TRACE_LIMITS } from '../limits.ts';
import { type SqlDialect, SqlScanner } from './sqlTokens.ts';

export interface SqlFacts {
  /** In capitals; '' where the text begins with no word. */
  readonly operation: string;
  /** As written, without quotes; '' where there is none, or it could not be told for certain. */
  readonly collection: string;
}

/** Words that may stand before the operation. */
const LEADING: ReadonlySet<string> = new Set(['EXPLAIN', 'ANALYZE', 'VERBOSE']);
/** Behind these stands the table. */
const BEFORE_TABLE: Readonly<Record<string, readonly string[]>> = {
  SELECT: ['FROM'],
  DELETE: ['FROM'],
  INSERT: ['INTO'],
  REPLACE: ['INTO'],
  MERGE: ['INTO'],
  UPDATE: ['UPDATE'],
  TRUNCATE: ['TABLE', 'TRUNCATE'],
  CREATE: ['TABLE', 'VIEW', 'INDEX'],
  ALTER: ['TABLE', 'VIEW'],
  DROP: ['TABLE', 'VIEW', 'INDEX'],
  CALL: ['CALL'],
  EXEC: ['EXEC'],
  EXECUTE: ['EXECUTE'],
  COPY: ['COPY'],
  LOCK: ['TABLE'],
};
/** These may stand between such a word and the table. */
const FILLERS: ReadonlySet<string> = new Set([
  ...['ONLY', 'IF', 'NOT', 'EXISTS', 'LOW_PRIORITY', 'IGNORE', 'LATERAL', 'INTO', 'CONCURRENTLY'],
]);

/**
 * Reads a statement. The text may be cut: what stands at its very end is then not believed.
 * @param isCut whether the program's text goes on
 */
export function readStatement(text: string, dialect: SqlDialect, isCut: boolean): SqlFacts {
  const scanner = new SqlScanner(text, dialect);
  let operation = '';
  let depth = 0;
  let isWith = false;
  let before: readonly string[] = [];
  for (let i = 0; i < GO_TRACE_LIMITS.statementTokens && scanner.next(); i++) {
    const { kind, start } = scanner.token;
    if (kind === 'symbol') {
      if (text[start] === '(') depth++;
      else if (text[start] === ')') depth--;
      continue;
    }
    if (kind !== 'word') continue;
    const word = scanner.word().toUpperCase();
    if (operation === '') {
      if (LEADING.has(word)) continue;
      if (word === 'WITH') isWith = true;
      // The common table expressions stand in parentheses, their names and AS do not.
      else if (!isWith || (depth === 0 && word in BEFORE_TABLE)) {
        operation = word;
        before = BEFORE_TABLE[word] ?? [];
      }
      if (operation === '' || !before.includes(operation)) continue;
    }
    if (!before.includes(word)) continue;
    return { operation, collection: tableName(scanner, isCut) };
  }
  return { operation: operation || (isWith ? 'WITH' : ''), collection: '' };
}

/** `schema.table` behind the scanner; '' for a subquery, a function or a list of tables. */
function tableName(scanner: SqlScanner, isCut: boolean): string {
  const { text, token } = scanner;
  let name = '';
  let wantsPart = true;
  for (let i = 0; i < GO_TRACE_LIMITS.statementTokens && scanner.next(); i++) {
    const word = scanner.word();
    if (token.kind === 'symbol') {
      if (word === '.' && name !== '') {
        name += '.';
        wantsPart = true;
        continue;
      }
      // A function's call or a list of columns: tell them by the white space that people put there.
      if (word === '(' && name === '') return '';
      break;
    }
    if (!wantsPart) break;
    if (name === '' && token.kind === 'word' && FILLERS.has(word.toUpperCase())) continue;
    name += token.kind === 'word' ? word : unquoted(word);
    wantsPart = false;
    // The next letter could have belonged to it.
    if (isCut && token.end === text.length) return '';
  }
  return wantsPart ? '' : name;
}

function unquoted(word: string): string {
  const quote = word[0] === '[' ? ']' : word[0]!;
  return word.slice(1, word.endsWith(quote) ? -1 : undefined).replaceAll(quote + quote, quote);
}

/**
 * The text with `?` for each literal (semantic conventions, db: sanitization). Parameters, names and
 * white space stay as they are; comments go, since they may hold anything.
 */
export function redact(text: string, dialect: SqlDialect): string {
  const scanner = new SqlScanner(text, dialect);
  let redacted = '';
  let end = 0;
  while (scanner.next()) {
    const { kind, start } = scanner.token;
    const gap = text.slice(end, start);
    if (gap !== '') redacted += /^\s+$/.test(gap) ? gap : ' ';
    redacted += kind === 'literal' ? '?' : scanner.word();
    end = scanner.token.end;
  }
  return redacted;
}
