// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { compileBytecode } from './bytecode.ts';
import { copyGiven } from './copyGiven.ts';
import { FETCHERS } from './fetch/fetchAgent.ts';
import { type AgentManifest, writeManifest } from './manifest.ts';
import { type AgentRuntime, factsOf, type RuntimeFacts } from './runtimes.ts';
import { activate, findInstalled, refuseForeign, withStaging } from './store.ts';
import { openToReaders, sumTree, treeDigest } from './tree.ts';
import { verifyAgent } from './verify.ts';

export interface AddOptions {
  /** Absolute, e.g. `/usr/lib/opentelemetry`. */
  readonly prefix: string;
  readonly runtime: AgentRuntime;
  /** Copy from here instead of fetching. Absolute. */
  readonly from?: string | undefined;
  /** Where Python interpreters are looked for: PATH. */
  readonly searchPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told what happens next, e.g. `checking 6206 files`. */
  readonly onStep?: ((what: string) => void) | undefined;
}

export interface AddedAgent {
  readonly runtime: AgentRuntime;
  /** `kept` when the same agent was there already, complete and unchanged. */
  readonly change: 'added' | 'replaced' | 'kept';
  readonly origin: AgentManifest['origin'];
  readonly version?: string;
  readonly path: string;
}

/**
 * Fetches or copies one agent, checks it against its pin, and switches new processes over to it by
 * one rename. On any failure what was there before stays as it was.
 * @throws ToolError `AGENT_UNAVAILABLE`, `AGENT_FOREIGN` (exit 1), `AGENT_CHECKSUM`,
 *   `AGENT_INCOMPLETE`, `CLIENT_MISSING`, `CLIENT_FAILED` (exit 4); system errors
 */
export async function addAgent(options: AddOptions): Promise<AddedAgent> {
  const { prefix, runtime, from } = options;
  const facts = factsOf(runtime);
  if (from === undefined) refuseUnavailable(facts);
  const installed = await findInstalled(prefix, facts);
  refuseForeign(installed);
  const path = join(prefix, facts.folder);
  const before = await pinnedAndIntact(options, facts);
  if (before !== undefined) return { runtime, change: 'kept', origin: 'pinned', ...before, path };
  const { origin, version } = await withStaging(prefix, async (staged) => {
    const manifest = await stage(options, facts, staged);
    const label = `${manifest.version ?? 'given'}-${manifest.treeSha256.slice(0, 8)}`;
    await activate(prefix, facts, staged, label);
    return manifest;
  });
  const change = installed.kind === 'absent' ? 'added' : 'replaced';
  return { runtime, change, origin, ...(version !== undefined && { version }), path };
}

function refuseUnavailable({ runtime, folder, reason }: RuntimeFacts): void {
  if (FETCHERS[runtime] !== undefined) return;
  throw new ToolError(`the agent for ${runtime} cannot be fetched: ${reason}`, {
    code: 'AGENT_UNAVAILABLE',
    hint: `download it, unpack it into DIR/${folder}/glibc and DIR/${folder}/musl, and give --from DIR`,
  });
}

/** Its version when nothing need be done. */
async function pinnedAndIntact(
  { prefix, runtime, from }: AddOptions,
  { pin }: RuntimeFacts,
): Promise<{ readonly version: string } | undefined> {
  if (from !== undefined || pin === undefined) return undefined;
  const { state, version, origin } = await verifyAgent(prefix, runtime);
  const isIt = state === 'ok' && origin === 'pinned' && version === pin.version;
  return isIt ? { version } : undefined;
}

async function stage(
  { from, runtime, searchPath, signal, onStep }: AddOptions,
  facts: RuntimeFacts,
  staged: string,
): Promise<Omit<AgentManifest, 'schemaVersion' | 'files'>> {
  const { pin } = facts;
  if (from !== undefined) {
    onStep?.(`copying from ${from}`);
    await copyGiven({ from, facts, into: staged });
  } else {
    onStep?.(`fetching ${pin!.name} ${pin!.version} (about ${pin!.sizeMb} MB) by ${pin!.client}`);
    await FETCHERS[runtime]!({ into: staged, signal });
  }
  signal?.throwIfAborted();
  const sources = await sumTree(staged);
  onStep?.(`checking ${sources.length} files`);
  const treeSha256 = treeDigest(sources);
  const isPinned = pin !== undefined && treeSha256 === pin.treeSha256;
  if (from === undefined && !isPinned) throw notPinned(facts, treeSha256);
  if (runtime === 'python' && searchPath !== undefined) {
    onStep?.('compiling for the interpreters of this host');
    await compileBytecode(staged, searchPath, signal);
  }
  const manifest = isPinned
    ? { runtime, origin: 'pinned' as const, version: pin.version, treeSha256 }
    : { runtime, origin: 'given' as const, treeSha256 };
  await writeManifest(staged, manifest, await sumTree(staged));
  await openToReaders(staged);
  return manifest;
}

function notPinned({ runtime, pin }: RuntimeFacts, found: string): ToolError {
  return new ToolError(`what ${pin!.client} laid out for ${runtime} is not what was pinned`, {
    code: 'AGENT_CHECKSUM',
    exitCode: 4,
    path: `${pin!.name} ${pin!.version}`,
    field: 'SHA-256 of the tree',
    found,
    expected: pin!.treeSha256,
    hint: 'nothing was changed; to use it all the same, give it with --from',
  });
}
