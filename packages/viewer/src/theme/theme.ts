// SPDX-License-Identifier: Apache-2.0
// Without the page around it: what draws is tested outside of a browser.
export type Theme = 'light' | 'dark';
