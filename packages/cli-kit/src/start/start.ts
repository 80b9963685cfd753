// SPDX-License-Identifier: Apache-2.0
// What bin/run.js loads: compiles the command's bundle with the help of the code cache and runs it.
// Bundled on its own, so it imports nothing but node:fs and node:vm.

import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { withDefaultCommand } from '../run/defaultCommand.ts';
import { asksForVersion, printVersion } from '../run/version.ts';
import type { DefaultCommands } from '../spec/command.ts';
import { type CacheKey, loadCode, storeCode } from './codeCache.ts';
import { optimizeLater, restoreFlags } from './patience.ts';
import { cacheBase } from './trustedDir.ts';

/** What the build knows. */
export interface Bundle {
  readonly bin: string;
  readonly version: string;
  /** Hash of all files that may be started. */
  readonly buildId: string;
  /** Commands with a file of their own; all others are in main.cjs. */
  readonly commands: readonly string[];
  readonly defaults?: DefaultCommands;
  /** Commands that look at many things: see patience.ts. */
  readonly patient?: readonly string[];
  /** Where these files are. */
  readonly dir: string;
  /** `require` of a module in that directory. */
  readonly require: NodeJS.Require;
}

/** What runs for long has compiled by then what a start needs; what ends sooner writes at its end. */
const STORE_AFTER_MS = 5_000;

type Wrapped = (
  exports: object,
  require: NodeJS.Require,
  module: { readonly exports: object },
  filename: string,
  dirname: string,
) => void;

/** Runs the tool. Cached code only changes how long that takes. */
export function start(bundle: Bundle): void {
  const argv = process.argv.slice(2);
  if (asksForVersion(argv)) process.exit(printVersion(bundle.bin, bundle.version));
  const word = withDefaultCommand(argv, bundle.defaults)[0] ?? '';
  const variant = bundle.commands.includes(word) ? word : 'main';
  const path = `${bundle.dir}/${variant}.cjs`;
  const euid = process.geteuid?.() ?? -1;
  const key = cacheKey(bundle, variant, euid);
  const cachedData = key === undefined ? undefined : loadCode(key, euid);
  // ASCII only, see bundle.mjs: latin1 spares a decoding.
  const script = new Script(readFileSync(path, 'latin1'), {
    filename: path,
    ...(cachedData !== undefined && { cachedData }),
  });
  const isUsed = cachedData !== undefined && script.cachedDataRejected !== true;
  const isPatient = bundle.patient?.includes(variant) === true;
  if (isUsed && isPatient) optimizeLater(bundle.require);
  if (key !== undefined && !isUsed) {
    const store = once(() => {
      restoreFlags(bundle.require);
      storeCode(key, euid, () => script.createCachedData());
    });
    process.on('exit', store);
    if (isPatient) {
      const storeAndWait = (): void => {
        store();
        optimizeLater(bundle.require);
      };
      setTimeout(storeAndWait, STORE_AFTER_MS).unref();
    }
  }
  const module = { exports: {} };
  const wrapped = script.runInThisContext() as Wrapped;
  wrapped(module.exports, bundle.require, module, path, bundle.dir);
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

function cacheKey(bundle: Bundle, variant: string, euid: number): CacheKey | undefined {
  const { bin, buildId } = bundle;
  const { env, execArgv, version, arch } = process;
  const { NODE_OPTIONS: options, NODE_DISABLE_COMPILE_CACHE: disabled } = env;
  // Options change what V8 compiles to; coverage and debuggers want to see it compile.
  if (execArgv.length > 0 || (options ?? '') !== '' || (disabled ?? '') !== '') return undefined;
  if ((env['NODE_V8_COVERAGE'] ?? '') !== '') return undefined;
  const base = cacheBase({ uid: process.getuid?.() ?? -1, euid, env });
  if (base === undefined) return undefined;
  return { dir: `${base}/otelkit`, bin, buildId, runtime: `${version}-${arch}`, variant };
}
