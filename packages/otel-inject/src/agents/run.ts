// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { ExitCode, type Invocation, ToolError } from '@otelkit/cli-kit';
import { addAgent } from './add.ts';
import { removeAgent } from './remove.ts';
import { type ListedAgent, renderAdded, renderListed, renderVerified } from './render.ts';
import { type AgentRuntime, factsOf, RUNTIMES, runtimesNamed } from './runtimes.ts';
import type { AgentsFlags } from './spec.ts';
import { describeAgent, verifyAgent } from './verify.ts';

type AgentsInvocation = Invocation<AgentsFlags>;
/** How often a step that goes on says so. */
const STILL_MS = 10_000;
/** Does one action for one runtime, and gives its result out. */
type Action = (prefix: string, runtime: AgentRuntime, on: AgentsInvocation) => Promise<void>;

const ACTIONS: Readonly<Record<string, Action>> = { list, add, verify, remove };
const ALL: readonly AgentRuntime[] = RUNTIMES.map(({ runtime }) => runtime);

export async function run(invocation: AgentsInvocation): Promise<ExitCode> {
  const { args, flags, output, cwd } = invocation;
  const [name = '', ...words] = args;
  // The parser lets nothing else through.
  const action = ACTIONS[name]!;
  if ((name === 'add' || name === 'remove') && words.length === 0) {
    throw new ToolError(`${name} wants to know which runtimes`, {
      code: 'USAGE',
      exitCode: ExitCode.usage,
      expected: ALL.join(', '),
      hint: `for instance \`otel-inject agents ${name} java node python\``,
    });
  }
  const runtimes = words.length === 0 ? ALL : runtimesNamed(words);
  const prefix = resolve(cwd, flags.prefix);
  for (const runtime of runtimes) {
    try {
      await action(prefix, runtime, invocation);
    } catch (error) {
      const hint = hintFor(error);
      output.problem(error, hint === undefined ? {} : { hint });
    }
  }
  return output.exitCode();
}

async function list(prefix: string, runtime: AgentRuntime, { output }: AgentsInvocation) {
  const { pin, reason } = factsOf(runtime);
  const { isThere, ...described } = await describeAgent(prefix, runtime);
  const listed: ListedAgent = {
    ...described,
    isInstalled: isThere,
    ...(pin !== undefined && {
      available: {
        name: pin.name,
        version: pin.version,
        client: pin.client,
        serves: pin.serves,
      },
    }),
    ...(reason !== undefined && { reason }),
  };
  await output.emit({ json: () => listed, text: (context) => renderListed(listed, context) });
}

async function add(prefix: string, runtime: AgentRuntime, invocation: AgentsInvocation) {
  const { output, flags, cwd, env } = invocation;
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  const steps = tellSteps((text) => output.note(`${runtime}: ${text}`));
  try {
    const added = await addAgent({
      prefix,
      runtime,
      from: flags.from === undefined ? undefined : resolve(cwd, flags.from),
      searchPath: env['PATH'],
      signal: abort.signal,
      onStep: steps.begin,
    });
    await output.emit({ json: () => added, text: () => renderAdded(added) });
  } finally {
    steps.end();
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(name, stop);
  }
}

/** A download takes as long as the network does: silence would look like a program that hangs. */
function tellSteps(tell: (text: string) => void) {
  let step = '';
  let beganMs = 0;
  const timer = setInterval(() => {
    tell(`still ${step} (${Math.round((performance.now() - beganMs) / 1000)} s)`);
  }, STILL_MS);
  const begin = (what: string): void => {
    step = what;
    beganMs = performance.now();
    timer.refresh();
    tell(what);
  };
  return { begin, end: () => clearInterval(timer) };
}

async function verify(prefix: string, runtime: AgentRuntime, invocation: AgentsInvocation) {
  const { output, args } = invocation;
  const verified = await verifyAgent(prefix, runtime);
  // Asked for by name, an absent agent is a negative answer; asked for all, it is none.
  const isBad = verified.state === 'damaged' || (verified.state === 'absent' && args.length > 1);
  if (isBad) output.fail(ExitCode.negative);
  await output.emit({ json: () => verified, text: (context) => renderVerified(verified, context) });
}

async function remove(prefix: string, runtime: AgentRuntime, { output }: AgentsInvocation) {
  const removed = await removeAgent(prefix, runtime);
  const word = removed.wasThere ? 'removed' : 'was not there';
  await output.emit({ json: () => removed, text: () => `${runtime}: ${word}\n` });
}

/** What a system error does not say by itself. */
function hintFor(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return undefined;
  return 'run it with sudo, or choose a directory of your own with --prefix';
}
