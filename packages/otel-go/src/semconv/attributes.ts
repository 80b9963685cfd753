// SPDX-License-Identifier: Apache-2.0
// Attributes of a span under construction, in the order in which they are set.
import type { AttributeValue } from '@otelkit/otlp';

export type { AttributeValue };
export type Attribute = readonly [key: string, value: AttributeValue];

/** A text is set where there is one: the conventions know no empty values. */
export function setText(attributes: Attribute[], key: string, value: string | undefined): void {
  if (value !== undefined && value !== '') attributes.push([key, value]);
}

export function attributeValue(
  attributes: readonly Attribute[],
  key: string,
): AttributeValue | undefined {
  for (const [one, value] of attributes) if (one === key) return value;
  return undefined;
}
