// SPDX-License-Identifier: Apache-2.0
// The text that cmd/go links into a program and runtime/debug.ParseBuildInfo reads: one line a
// fact, columns separated by tabs.
import type { Diagnostics } from '../diagnostics/diagnostic.ts';
import { GO_LIMITS } from './limits.ts';
import { quotedPrefixLength, unquote } from './quoting.ts';

export interface GoModule {
  readonly path: string;
  /** `v1.2.3`, `(devel)`, or empty for a directory that replaces a module. */
  readonly version: string;
  /** `h1:…` of go.sum; empty when there is none. */
  readonly sum: string;
  /** What was built instead, by a replace directive. */
  readonly replace?: GoModule;
}

export interface GoModuleInfo {
  /** Import path of the main package; `command-line-arguments` for `go build x.go`. */
  readonly path: string | undefined;
  readonly main: GoModule | undefined;
  readonly deps: readonly GoModule[];
  /** `-buildmode`, `-ldflags`, `CGO_ENABLED`, `GOARCH`, `vcs.revision`, …, in the file's order. */
  readonly settings: ReadonlyMap<string, string>;
}

export const NO_MODULE_INFO: GoModuleInfo = {
  path: undefined,
  main: undefined,
  deps: [],
  settings: new Map(),
};

const FIELD = 'Go module information';

/**
 * Reads module information. Lines of unknown kinds are passed over, as Go does; a damaged line is
 * left out with a diagnostic, where Go gives up.
 * @param fileOffset where the text stands, for the diagnostics.
 */
export function parseModuleInfo(
  text: string,
  diagnostics: Diagnostics,
  fileOffset: number,
): GoModuleInfo {
  const parser = new Parser(diagnostics, fileOffset);
  let lineNumber = 0;
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    if (++lineNumber > GO_LIMITS.moduleInfoLines) {
      const message = `only the first ${GO_LIMITS.moduleInfoLines} lines were read`;
      diagnostics.add('limit', FIELD, message, fileOffset);
      break;
    }
    parser.line(text.slice(from, end), lineNumber);
    from = end + 1;
  }
  return parser.result();
}

type MutableModule = { -readonly [K in keyof GoModule]: GoModule[K] };

class Parser {
  readonly #diagnostics: Diagnostics;
  readonly #fileOffset: number;
  #path: string | undefined;
  #main: MutableModule | undefined;
  readonly #deps: MutableModule[] = [];
  readonly #settings = new Map<string, string>();
  /** The module that a replacement on the next line belongs to. */
  #last: MutableModule | undefined;

  constructor(diagnostics: Diagnostics, fileOffset: number) {
    this.#diagnostics = diagnostics;
    this.#fileOffset = fileOffset;
  }

  line(line: string, lineNumber: number): void {
    const tab = line.indexOf('\t');
    if (tab < 0) return;
    const rest = line.slice(tab + 1);
    const problem = this.#fact(line.slice(0, tab), rest);
    if (problem === undefined) return;
    const message = `line ${lineNumber}: ${problem}; it was left out`;
    this.#diagnostics.add('bad-value', FIELD, message, this.#fileOffset);
  }

  result(): GoModuleInfo {
    return {
      path: this.#path,
      main: this.#main,
      deps: this.#deps,
      settings: this.#settings,
    };
  }

  #fact(kind: string, rest: string): string | undefined {
    if (kind === 'path') this.#path = rest;
    if (kind === 'mod' || kind === 'dep') return this.#module(kind, rest.split('\t'));
    if (kind === '=>') return this.#replacement(rest.split('\t'));
    if (kind === 'build') return this.#setting(rest);
    return undefined;
  }

  #module(kind: 'mod' | 'dep', columns: readonly string[]): string | undefined {
    const [path, version, sum = ''] = columns;
    if (path === undefined || version === undefined || columns.length > 3) {
      this.#last = undefined;
      return `expected 2 or 3 columns for a module, found ${columns.length}`;
    }
    this.#last = { path, version, sum };
    if (kind === 'mod') this.#main = this.#last;
    else this.#deps.push(this.#last);
    return undefined;
  }

  #replacement(columns: readonly string[]): string | undefined {
    const [path, version, sum] = columns;
    const replaced = this.#last;
    this.#last = undefined;
    if (replaced === undefined) return 'a replacement follows no module';
    if (path === undefined || version === undefined || sum === undefined || columns.length > 3) {
      return `expected 3 columns for a replacement, found ${columns.length}`;
    }
    replaced.replace = { path, version, sum };
    return undefined;
  }

  #setting(text: string): string | undefined {
    const quotedKey = quotedPrefixLength(text);
    const keyEnd = quotedKey ?? text.indexOf('=');
    if (keyEnd <= 0 || text[keyEnd] !== '=') return 'a build setting has no key or no "="';
    const rawKey = text.slice(0, keyEnd);
    const key = quotedKey === undefined ? rawKey : unquote(rawKey);
    if (key === undefined) return 'the key of a build setting is badly quoted';
    if (quotedKey === undefined && /[ \t\r"`]/.test(key)) return 'a key stands without its quotes';
    const rawValue = text.slice(keyEnd + 1);
    const isQuoted = rawValue.startsWith('"') || rawValue.startsWith('`');
    const value = isQuoted ? unquote(rawValue) : rawValue;
    if (value === undefined) return `the value of build setting ${key} is badly quoted`;
    if (!isQuoted && /[ \t\r"`]/.test(value))
      return `the value of ${key} stands without its quotes`;
    this.#settings.set(key, value);
    return undefined;
  }
}
