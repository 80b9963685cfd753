// SPDX-License-Identifier: Apache-2.0
export interface BundleOptions {
  /** The tool's name. */
  readonly bin: string;
  /** Those that get a file of their own. */
  readonly commands?: readonly string[];
  /** The registry's `defaults`. */
  readonly defaults?: { readonly bare: string; readonly flags: string };
  /** Commands that look at many things, so that V8 should not optimize too soon. */
  readonly patient?: readonly string[];
  /** Relative to the package; `src/main.ts` when not said. */
  readonly entry?: string;
  /** Packages that are not bundled: what has a binary inside. */
  readonly external?: readonly string[];
  /** `dist` of the package when not said. */
  readonly outDir?: string;
}
export function bundleTool(packageDir: string, options: BundleOptions): Promise<void>;
