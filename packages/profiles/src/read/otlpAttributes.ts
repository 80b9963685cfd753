// SPDX-License-Identifier: Apache-2.0
// Attribute values as text, and the parts of attributes that profiles know by name.
import type { OtlpAnyValue, OtlpKeyValue, OtlpSmallTables } from '@otelkit/otlp';
import { READ_LIMITS } from './limits.ts';

/** Texts by number: a dictionary's, or a list. */
export interface Texts {
  at(index: number): string | undefined;
}

/** Values inside values. */
const DEPTH = 4;

export function clip(text: string): string {
  return text.length <= READ_LIMITS.textChars ? text : `${text.slice(0, READ_LIMITS.textChars)}…`;
}

/** @param strings of the request's dictionary, for values that are numbers of strings */
export function valueText(value: OtlpAnyValue | undefined, strings: Texts, depth = 0): string {
  if (value === undefined || depth > DEPTH) return '';
  const { stringValue, intValue, boolValue, doubleValue, arrayValue, kvlistValue } = value;
  if (stringValue !== undefined) return clip(stringValue);
  if (intValue !== undefined) return String(intValue);
  if (boolValue !== undefined) return String(boolValue);
  if (doubleValue !== undefined) return String(doubleValue);
  if (value.bytesValue !== undefined) return clip(Buffer.from(value.bytesValue).toString('hex'));
  if (value.stringValueStrindex !== undefined)
    return clip(strings.at(value.stringValueStrindex) ?? '');
  if (arrayValue !== undefined) {
    const items = arrayValue.values.slice(0, READ_LIMITS.labels);
    return clip(items.map((item) => valueText(item, strings, depth + 1)).join(','));
  }
  if (kvlistValue === undefined) return '';
  const items = kvlistValue.values.slice(0, READ_LIMITS.labels);
  return clip(
    items
      .map((item) => `${keyOf(item, strings)}=${valueText(item.value, strings, depth + 1)}`)
      .join(),
  );
}

function keyOf({ key, keyStrindex }: OtlpKeyValue, strings: Texts): string {
  return key !== '' ? key : (strings.at(keyStrindex) ?? '');
}

/** Attributes of a resource or span, in their order; of equal keys the first one holds. */
export function attributeTexts(
  attributes: readonly OtlpKeyValue[],
  strings: Texts,
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const attribute of attributes.slice(0, READ_LIMITS.labels * 4)) {
    const key = keyOf(attribute, strings);
    if (key !== '' && !texts.has(key)) texts.set(clip(key), valueText(attribute.value, strings));
  }
  return texts;
}

/** Attributes by their numbers in the dictionary; what is out of range is left out. */
export function indexedTexts(
  indices: Int32Array,
  dictionary: OtlpSmallTables,
): { readonly texts: Map<string, string>; readonly missing: number } {
  const texts = new Map<string, string>();
  let missing = 0;
  for (const index of indices.subarray(0, READ_LIMITS.labels)) {
    const entry = dictionary.attributeTable[index];
    if (entry === undefined) missing++;
    const key = entry === undefined ? '' : (dictionary.strings.at(entry.keyStrindex) ?? '');
    if (key === '' || texts.has(key)) continue;
    texts.set(key, valueText(entry?.value, dictionary.strings));
  }
  return { texts, missing };
}
