// SPDX-License-Identifier: Apache-2.0
/** A custom property of the sheet, as `rgb(…)` or what it says. */
export function sheetColor(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
