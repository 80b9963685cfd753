// SPDX-License-Identifier: Apache-2.0
// One setting may come from a flag, a variable or the configuration file, in this order. Whichever it
// is, its text is judged by the same rules, and a mistake names where it stands.
import { parseDurationMs } from './duration.ts';
import { usage } from './usage.ts';

/** A value as it was found, and where. */
export interface Found {
  readonly value: unknown;
  /** `--name`, the variable's name, or `file: name`. */
  readonly origin: string;
}

export interface Layers {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: Readonly<Record<string, unknown>>;
  readonly fileName: string;
  readonly variableOf: (name: string) => string;
}

const BARE_BOOLEANS: ReadonlySet<string> = new Set(['copyright']);

/** The first layer that has the setting. An empty variable counts as none. */
export function find(
  { flags, env, file, fileName, variableOf }: Layers,
  name: string,
): Found | undefined {
  const flag = flags[name];
  // What is not given: undefined, an empty list, or false for a flag that has no `--no-…`.
  const isAbsent =
    flag === undefined ||
    (Array.isArray(flag) && flag.length === 0) ||
    (flag === false && BARE_BOOLEANS.has(name));
  if (!isAbsent) return { value: flag, origin: `--${name}` };
  const variable = variableOf(name);
  const text = env[variable];
  if (text !== undefined && text !== '') return { value: text, origin: variable };
  const inFile = file[name];
  if (inFile === undefined || inFile === null) return undefined;
  return { value: inFile, origin: `${fileName}: ${name}` };
}

/** Reads settings of each type, with a default. All throw ToolError (exit 2) for a bad value. */
export class SettingReader {
  readonly #layers: Layers;

  constructor(layers: Layers) {
    this.#layers = layers;
  }

  text(name: string): string | undefined {
    const found = find(this.#layers, name);
    if (found === undefined) return undefined;
    if (typeof found.value === 'string') return found.value;
    if (typeof found.value === 'number') return String(found.value);
    throw usage(`${found.origin}: expected a text`);
  }

  choice<T extends string>(name: string, values: readonly T[]): T | undefined {
    const found = find(this.#layers, name);
    if (found === undefined) return undefined;
    // YAML 1.1 readers make booleans of on and off.
    const given = found.value === true ? 'on' : found.value === false ? 'off' : found.value;
    const value = values.find((one) => one === given);
    if (value !== undefined) return value;
    throw usage(`${found.origin} ${String(given)}: expected ${values.join(', ')}`);
  }

  boolean(name: string, fallback: boolean): boolean {
    const found = find(this.#layers, name);
    if (found === undefined) return fallback;
    const { value, origin } = found;
    if (typeof value === 'boolean') return value;
    if (/^(1|t|true)$/i.test(String(value))) return true;
    if (/^(0|f|false)$/i.test(String(value))) return false;
    throw usage(`${origin} ${String(value)}: expected true or false`);
  }

  integer(name: string, min: number, max: number): number | undefined {
    const found = find(this.#layers, name);
    if (found === undefined) return undefined;
    const value = Number(found.value);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw usage(`${found.origin} ${String(found.value)}: expected a number from ${min} to ${max}`);
  }

  /** A number from 0 to 1. */
  share(name: string, fallback: number): number {
    const found = find(this.#layers, name);
    if (found === undefined) return fallback;
    const text = String(found.value);
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= 1) return value;
    throw usage(`${found.origin} ${text}: expected a number from 0 to 1`);
  }

  /** Milliseconds within bounds. */
  duration(name: string, fallbackMs: number, minMs: number, maxMs: number): number {
    const found = find(this.#layers, name);
    if (found === undefined) return fallbackMs;
    const text = String(found.value);
    const value = parseDurationMs(text);
    if (value !== undefined && value >= minMs && value <= maxMs) return value;
    const expected = `a duration from ${minMs / 1000}s to ${maxMs / 1000}s`;
    throw usage(`${found.origin} ${text}: expected ${expected}`, 'for example 30s or 1m30s');
  }

  /** A repeatable flag; one text with commas in a variable; a list or a text in the file. */
  list(name: string): readonly string[] {
    const found = find(this.#layers, name);
    if (found === undefined) return [];
    const { value, origin } = found;
    if (Array.isArray(value)) return value.map(String);
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw usage(`${origin}: expected a text or a list`);
    }
    return String(value)
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
}
