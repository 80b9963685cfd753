// SPDX-License-Identifier: Apache-2.0

/** What a program says of itself is read and kept up to these. */
export const RESOURCE_LIMITS = {
  /** Bytes of /proc/PID/environ that are looked at for three variables. */
  environBytes: 262_144,
  /** Text of one resource attribute. */
  attributeChars: 4_096,
  /** Attributes taken from OTEL_RESOURCE_ATTRIBUTES or a published context. */
  attributes: 64,
} as const;
