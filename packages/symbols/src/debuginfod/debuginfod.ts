// SPDX-License-Identifier: Apache-2.0
// Debug files from a debuginfod server (debuginfod(8), "WEBAPI": GET /buildid/<id>/debuginfo), kept in
// a folder that is laid out like /usr/lib/debug. Off unless somebody names servers: they learn which
// programs run here.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import {
  buildIdPath,
  DEBUG_DIRECTORIES,
  ElfFile,
  gnuBuildId,
  InputError,
  openVerified,
} from '@otelkit/core';
import { hasDwarf } from '../dwarf/sections.ts';
import { makeRoom } from '../files/makeRoom.ts';
import type { SymbolFile } from '../files/symbolCache.ts';
import { openDebugFile } from '../native/debugFile.ts';
import { DEBUGINFOD_LIMITS } from './limits.ts';

export interface DebuginfodOptions {
  /** What DEBUGINFOD_URLS holds, taken apart; asked in this order. */
  readonly urls: readonly string[];
  /** Where files are kept. */
  readonly folder: string;
  readonly mostBytes?: number;
  /** For one file from one server. */
  readonly timeoutMs?: number;
}

const BUILD_ID = /^[0-9a-f]{8,128}$/;
const MISSING = 404;

/** See the file's head. */
export class Debuginfod {
  readonly #urls: readonly string[];
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #timeoutMs: number;
  /** By build ID: what is being fetched, and what no server has. */
  readonly #asked = new Map<string, Promise<boolean>>();
  /** Files that were seen to already. */
  readonly #settled = new Set<string>();
  /** Why the last server that failed did. */
  problem: string | undefined;

  constructor(options: DebuginfodOptions) {
    const isUrl = (url: string): boolean => /^https?:\/\//.test(url) && URL.canParse(url);
    this.#urls = options.urls.filter(isUrl).slice(0, DEBUGINFOD_LIMITS.servers);
    this.#folder = options.folder;
    this.#mostBytes = options.mostBytes ?? DEBUGINFOD_LIMITS.fileBytes;
    this.#timeoutMs = options.timeoutMs ?? DEBUGINFOD_LIMITS.fileMs;
  }

  /**
   * The same file with this folder among its debug directories, once that holds what servers have
   * of it. Never rejects: without a debug file there are fewer names.
   */
  async withDebugFile(file: SymbolFile): Promise<SymbolFile> {
    const debugDirectories = [...(file.debugDirectories ?? DEBUG_DIRECTORIES), this.#folder];
    const place = { ...file, debugDirectories };
    if (this.#settled.has(file.key)) return place;
    if (this.#settled.size >= DEBUGINFOD_LIMITS.remembered) this.#settled.clear();
    const buildId = missingBuildId(place);
    if (buildId !== undefined && BUILD_ID.test(buildId)) await this.#askOnce(buildId);
    this.#settled.add(file.key);
    return place;
  }

  async #askOnce(buildId: string): Promise<void> {
    let asked = this.#asked.get(buildId);
    if (asked === undefined) {
      asked = this.#fetchAny(buildId);
      this.#asked.set(buildId, asked);
      for (const oldest of this.#asked.keys()) {
        if (this.#asked.size <= DEBUGINFOD_LIMITS.remembered) break;
        this.#asked.delete(oldest);
      }
    }
    await asked;
  }

  async #fetchAny(buildId: string): Promise<boolean> {
    const path = buildIdPath(this.#folder, buildId);
    for (const url of this.#urls) {
      try {
        if (await this.#fetch(`${url.replace(/\/+$/, '')}/buildid/${buildId}/debuginfo`, path)) {
          makeRoom(this.#folder, path, DEBUGINFOD_LIMITS.folderBytes);
          return true;
        }
      } catch (error) {
        this.problem = `${url}: ${(error as Error).message}`;
      }
    }
    return false;
  }

  async #fetch(url: string, path: string): Promise<boolean> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const response = await fetch(url, { signal, headers: { 'user-agent': 'otelkit' } });
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      if (response.status === MISSING) return false;
      throw new Error(`HTTP ${response.status}`);
    }
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    if (lstatSync(this.#folder).uid !== process.geteuid?.()) {
      throw new Error(`${this.#folder} belongs to somebody else`);
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = join(this.#folder, `${randomBytes(8).toString('hex')}.tmp`);
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      let sizeBytes = 0;
      for await (const chunk of response.body) {
        sizeBytes += chunk.length;
        if (sizeBytes > this.#mostBytes) throw new Error(`more than ${this.#mostBytes} bytes`);
        writeFileSync(fd, chunk);
      }
      renameSync(temporary, path);
      return true;
    } finally {
      closeSync(fd);
      rmSync(temporary, { force: true });
    }
  }
}

/** The build ID of a file that has no debug information on this host. */
function missingBuildId(file: SymbolFile): string | undefined {
  try {
    const elf = new ElfFile(openVerified(file.openPath, file.path));
    try {
      if (hasDwarf(elf)) return undefined;
      const found = openDebugFile(elf, file, hasDwarf);
      found?.source.close();
      return found === undefined ? (gnuBuildId(elf) ?? undefined) : undefined;
    } finally {
      elf.source.close();
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return undefined;
  }
}
