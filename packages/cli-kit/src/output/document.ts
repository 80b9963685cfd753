// SPDX-License-Identifier: Apache-2.0
// Writes the `--json` document piece by piece, so that memory does not grow with the results.

import type { ErrorRecord } from '../errors/ToolError.ts';
import { type JsonIndent, jsonText } from './json.ts';

/** Of every tool's documents; raised when a member's meaning changes. */
export const SCHEMA_VERSION = 1;

export class DocumentWriter {
  readonly #defaultKey: string;
  readonly #indent: JsonIndent;
  readonly #members = new Map<string, unknown>();
  readonly #closedKeys = new Set<string>();
  #openKey: string | undefined;
  #isEmpty = true;

  /** @param defaultKey the array that is there even when nothing was found */
  constructor(defaultKey: string, indent: JsonIndent) {
    this.#defaultKey = defaultKey;
    this.#indent = indent;
  }

  start(): string {
    return `{${this.#gap(1)}"schemaVersion":${this.#space()}${SCHEMA_VERSION}`;
  }

  /** The text that adds an element to the array `key`. Arrays are filled one after the other. */
  element(value: object, key: string = this.#defaultKey): string {
    const opening = this.#open(key);
    const separator = this.#isEmpty ? '' : ',';
    this.#isEmpty = false;
    return `${opening}${separator}\n${this.#shifted(value, '    ')}`;
  }

  member(key: string, value: unknown): void {
    this.#members.set(key, value);
  }

  end(errors: readonly ErrorRecord[]): string {
    const isMissing = this.#openKey !== this.#defaultKey && !this.#closedKeys.has(this.#defaultKey);
    let text = isMissing ? this.#open(this.#defaultKey) : '';
    text += this.#close();
    for (const [key, value] of this.#members) {
      const shifted = this.#shifted(value, '  ').trimStart();
      text += `,${this.#gap(1)}${jsonText(key)}:${this.#space()}${shifted}`;
    }
    const listed = errors.map((error) => `\n${this.#shifted(error, '    ')}`).join(',');
    const close = listed === '' ? '' : this.#gap(1);
    text += `,${this.#gap(1)}"errors":${this.#space()}[${listed}${close}]`;
    return `${text}${this.#indent === 0 ? '' : '\n'}}\n`;
  }

  #open(key: string): string {
    if (key === this.#openKey) return '';
    if (this.#closedKeys.has(key)) throw new Error(`the array ${key} was already ended`);
    const closing = this.#close();
    this.#openKey = key;
    this.#isEmpty = true;
    return `${closing},${this.#gap(1)}${jsonText(key)}:${this.#space()}[`;
  }

  #close(): string {
    if (this.#openKey === undefined) return '';
    this.#closedKeys.add(this.#openKey);
    this.#openKey = undefined;
    return this.#isEmpty ? ']' : `${this.#indent === 0 ? '\n' : this.#gap(1)}]`;
  }

  #shifted(value: unknown, margin: string): string {
    const text = jsonText(value, this.#indent);
    return this.#indent === 0 ? text : margin + text.replaceAll('\n', `\n${margin}`);
  }

  #gap(depth: number): string {
    return this.#indent === 0 ? '' : `\n${'  '.repeat(depth)}`;
  }

  #space(): string {
    return this.#indent === 0 ? '' : ' ';
  }
}
