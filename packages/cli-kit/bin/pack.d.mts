// SPDX-License-Identifier: Apache-2.0
/** @returns the tarball's path */
export function packTool(packageDir: string, outDir: string): Promise<string>;
