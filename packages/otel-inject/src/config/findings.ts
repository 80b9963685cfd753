// SPDX-License-Identifier: Apache-2.0
import { fromByteText } from './byteText.ts';
import type { KeySpec } from './keys.ts';
import type { SettingValue } from './settings.ts';

/** Something wrong in the configuration, and where. Plain data, the JSON of `config validate`. */
export interface Finding {
  /** An error keeps something from working; a warning is probably not meant. */
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** File, or the variable of the environment. */
  readonly path: string;
  /** 1-based; null where it is about the whole file or a variable. */
  readonly line: number | null;
  /** 1-based, in bytes. */
  readonly column: number | null;
  readonly key: string;
  readonly value: string | null;
  readonly message: string;
  readonly hint: string | null;
}

/** A finding about one value, at the place that it comes from. */
export function findingAt(
  key: KeySpec,
  { text, origin }: SettingValue,
  about: Pick<Finding, 'code' | 'message'> & Partial<Pick<Finding, 'severity' | 'hint'>>,
): Finding {
  const isFile = origin.kind === 'file';
  return {
    severity: about.severity ?? 'error',
    code: about.code,
    path: isFile ? origin.path : origin.kind === 'environment' ? origin.variable : '(built in)',
    line: isFile ? origin.line : null,
    column: isFile ? origin.column : null,
    key: key.name,
    value: fromByteText(text),
    message: about.message,
    hint: about.hint ?? null,
  };
}
