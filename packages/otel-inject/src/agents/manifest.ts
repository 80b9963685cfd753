// SPDX-License-Identifier: Apache-2.0
// What `add` leaves beside an agent: which one it is, and the sum of every file.
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { AGENT_LIMITS } from './limits.ts';
import type { AgentRuntime } from './runtimes.ts';
import { MANIFEST_FILE, type TreeFile } from './tree.ts';

export interface AgentManifest {
  readonly schemaVersion: 1;
  readonly runtime: AgentRuntime;
  /** `pinned`: fetched, or given and the same as what would have been fetched. */
  readonly origin: 'pinned' | 'given';
  /** Undefined for one that was given and is not the pinned one. */
  readonly version?: string;
  /** Digest of the tree without bytecode. */
  readonly treeSha256: string;
  /** Path to content, as in {@link TreeFile}. */
  readonly files: Readonly<Record<string, string>>;
}

export async function writeManifest(
  directory: string,
  manifest: Omit<AgentManifest, 'schemaVersion' | 'files'>,
  files: readonly TreeFile[],
): Promise<void> {
  const document: AgentManifest = {
    schemaVersion: 1,
    ...manifest,
    files: Object.fromEntries(files.map(({ path, content }) => [path, content])),
  };
  const text = `${JSON.stringify(document, undefined, 1)}\n`;
  await writeFile(join(directory, MANIFEST_FILE), text, { mode: 0o644 });
}

/**
 * The manifest of an installed agent; undefined where another program put the agent there.
 * @throws ToolError `AGENT_MANIFEST` (exit 4) for a damaged one
 */
export async function readManifest(directory: string): Promise<AgentManifest | undefined> {
  const path = join(directory, MANIFEST_FILE);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > AGENT_LIMITS.manifestBytes) throw damaged(path, 'size');
  return parseManifest(await readFile(path, 'utf8'), path);
}

/** @throws ToolError `AGENT_MANIFEST` */
export function parseManifest(text: string, path: string): AgentManifest {
  let document: Partial<AgentManifest> | null;
  try {
    document = JSON.parse(text);
  } catch {
    throw damaged(path, 'JSON');
  }
  if (typeof document !== 'object' || document === null) throw damaged(path, 'JSON');
  const { schemaVersion, runtime, origin, version, treeSha256, files } = document;
  if (schemaVersion !== 1) throw damaged(path, 'schemaVersion');
  if (typeof runtime !== 'string') throw damaged(path, 'runtime');
  if (origin !== 'pinned' && origin !== 'given') throw damaged(path, 'origin');
  if (version !== undefined && typeof version !== 'string') throw damaged(path, 'version');
  if (typeof treeSha256 !== 'string') throw damaged(path, 'treeSha256');
  const isTable = typeof files === 'object' && files !== null && !Array.isArray(files);
  if (!isTable || Object.values(files).some((content) => typeof content !== 'string')) {
    throw damaged(path, 'files');
  }
  return document as AgentManifest;
}

function damaged(path: string, field: string): ToolError {
  return new ToolError('the record of what was installed is damaged', {
    code: 'AGENT_MANIFEST',
    exitCode: 4,
    path,
    field,
    hint: 'remove the agent and add it again',
  });
}
