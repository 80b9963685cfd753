// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { Collector, StoreError } from '@otelkit/collector';
import { findDwarfModule, readDemangler } from '@otelkit/symbols';
import { usage } from '../config/usage.ts';
import { version } from '../version.ts';
import { collectorOfGarbage } from '../workers/collectGarbage.ts';
import { isLoopback, type ListenAddress, parseListen } from './listen.ts';

export const DEFAULT_LISTEN = '127.0.0.1:11000';
const EXIT_IO = 4;
/** A token that nobody guesses: 128 bits. */
const TOKEN_BYTES = 16;

export interface CollectorChoice {
  readonly listen: string | undefined;
  readonly token: string | undefined;
  readonly names: readonly string[];
  readonly folder: string | undefined;
  readonly retention: { readonly ageMs: number; readonly bytes: number };
  readonly mode: 'live' | 'files';
  readonly title: string;
  readonly requireTokenForData?: boolean;
  /** Where the usual port is taken, any free one will do. */
  readonly anyPort?: boolean;
  readonly tell: (message: string) => void;
}

/** @throws ToolError with what to do about it */
export async function startCollector(choice: CollectorChoice): Promise<Collector> {
  const { host, port } = parseListen(choice.listen ?? DEFAULT_LISTEN);
  const mayMove = choice.anyPort === true && choice.listen === undefined;
  try {
    return await start(choice, { host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' && mayMove) return start(choice, { host, port: 0 });
    throw asToolError(error, `${host}:${port}`);
  }
}

function start(choice: CollectorChoice, { host, port }: ListenAddress): Promise<Collector> {
  const { names, folder, retention, mode, title, tell } = choice;
  return Collector.start({
    host,
    port,
    folder,
    token: tokenFor(choice.token, host),
    requireTokenForData: choice.requireTokenForData ?? false,
    names: names.map((name) => name.toLowerCase()),
    toolVersion: version,
    mode,
    title,
    pageFolder: besideBundle('page'),
    symbols: () => {
      const demangler = besideBundle('demangler.wasm');
      return {
        demangler: demangler === undefined ? undefined : readDemangler(demangler),
        dwarf: findDwarfModule(process.argv[1] ?? '.'),
      };
    },
    retention,
    onProblem: tell,
    onAnswered: () => {
      collectGarbage ??= collectorOfGarbage();
      collectGarbage();
    },
  });
}

/** Made for the first answer: a start does without it. */
let collectGarbage: (() => void) | undefined;

function tokenFor(given: string | undefined, host: string): string | undefined {
  if (given !== undefined && !/^[\w.~+/=-]{8,256}$/.test(given)) {
    throw usage('--token: expected 8 to 256 letters, digits or any of . _ ~ + / = -');
  }
  if (given !== undefined) return given;
  return isLoopback(host) ? undefined : randomBytes(TOKEN_BYTES).toString('hex');
}

/** The page, or a module, beside the bundle that runs; undefined where it was not built. */
function besideBundle(name: string): string | undefined {
  try {
    const path = join(dirname(realpathSync(process.argv[1] ?? '.')), '../dist', name);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function asToolError(error: unknown, address: string): unknown {
  if (error instanceof StoreError) return storeToolError(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new ToolError(`${address} is in use`, {
      code: 'IO',
      exitCode: EXIT_IO,
      hint: 'another collector may run already: open that one, or choose another --listen',
    });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new ToolError(`--listen ${address}: ${(error as Error).message}`, {
      code: 'IO',
      exitCode: EXIT_IO,
    });
  }
  return error;
}

/** What the store says, as the tool says it. */
export function storeToolError(error: StoreError): ToolError {
  const hint = error.code === 'IN_USE' && error.hint === '' ? 'use another --store' : error.hint;
  return new ToolError(error.message, {
    code: `STORE_${error.code}`,
    exitCode: error.code === 'QUERY' ? 1 : EXIT_IO,
    ...(hint !== '' && { hint }),
  });
}
