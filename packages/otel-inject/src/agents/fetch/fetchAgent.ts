// SPDX-License-Identifier: Apache-2.0
import type { AgentRuntime } from '../runtimes.ts';
import { fetchJava } from './java.ts';
import { fetchNode } from './node.ts';
import { fetchPython } from './python.ts';

export interface FetchOptions {
  /** An empty directory. */
  readonly into: string;
  readonly signal?: AbortSignal | undefined;
}

/** How each agent with a pin is fetched and laid out. */
export const FETCHERS: Readonly<
  Partial<Record<AgentRuntime, (options: FetchOptions) => Promise<void>>>
> = { java: fetchJava, node: fetchNode, python: fetchPython };
