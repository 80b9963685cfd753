// SPDX-License-Identifier: Apache-2.0
// Made by native/go-offsets; do not edit.

/** JSON, see LayoutTable in lookUp.ts. */
export const LAYOUT_DATA: string = '{"modules":{}}';
