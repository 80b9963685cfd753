// SPDX-License-Identifier: Apache-2.0

/** The same as in package.json (a test compares them): reading that file would cost each start. */
export const version = '0.1.0';
