// SPDX-License-Identifier: Apache-2.0

/**
 * Puts the demangler's module into `folder`, and its licence at the end of THIRD_PARTY.txt there.
 * Resolves with the path of the module.
 */
export declare function copyDemangler(folder: string): Promise<string>;
