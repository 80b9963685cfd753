// SPDX-License-Identifier: Apache-2.0
// OTEL_RESOURCE_ATTRIBUTES (OpenTelemetry specification, resource SDK): `key=value,key=value`, both
// percent-encoded. A value that cannot be decoded spoils the whole variable, as specified.
import { RESOURCE_LIMITS } from './limits.ts';

/** @returns undefined for what is not of that form */
export function parseResourceAttributes(text: string): ReadonlyMap<string, string> | undefined {
  const attributes = new Map<string, string>();
  for (const pair of text.split(',', RESOURCE_LIMITS.attributes)) {
    if (pair.trim() === '') continue;
    const equals = pair.indexOf('=');
    if (equals <= 0) return undefined;
    try {
      const key = decodeURIComponent(pair.slice(0, equals).trim());
      const value = decodeURIComponent(pair.slice(equals + 1).trim());
      attributes.set(key, value.slice(0, RESOURCE_LIMITS.attributeChars));
    } catch {
      return undefined;
    }
  }
  return attributes;
}
