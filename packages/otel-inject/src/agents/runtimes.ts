// SPDX-License-Identifier: Apache-2.0
// The runtimes that have an agent, and where below the prefix the library looks for it.
import { ToolError } from '@otelkit/cli-kit';
import { agentPaths } from '../layout/paths.ts';
import { JAVA_PIN } from './pins/java.ts';
import { NODE_PIN } from './pins/node.ts';
import { PYTHON_PIN } from './pins/python.ts';

export type AgentRuntime = 'java' | 'node' | 'python' | 'ruby' | 'dotnet';

/** An exact version, and what its files must add up to. */
export interface AgentPin {
  /** The package as its registry calls it. */
  readonly name: string;
  readonly version: string;
  /** The program that fetches it. */
  readonly client: string;
  /** Versions of the runtime that it works with. */
  readonly serves: string;
  /** Download, roughly. */
  readonly sizeMb: number;
  /** Digest of the whole tree as laid out; `treeDigest` of tree.ts. */
  readonly treeSha256: string;
}

export interface RuntimeFacts {
  readonly runtime: AgentRuntime;
  /** Folder below the prefix. */
  readonly folder: string;
  /** What must be readable for the library to use it; relative to the folder. */
  readonly entries: readonly string[];
  /** Absent where no registry that this tool may use has the agent. */
  readonly pin?: AgentPin;
  /** Why there is no pin. */
  readonly reason?: string;
}

const NODE_ENTRY = agentPaths('').nodejs.slice('/nodejs/'.length);

export const RUNTIMES: readonly RuntimeFacts[] = [
  { runtime: 'java', folder: 'jvm', entries: ['javaagent.jar'], pin: JAVA_PIN },
  { runtime: 'node', folder: 'nodejs', entries: [NODE_ENTRY], pin: NODE_PIN },
  {
    runtime: 'python',
    folder: 'python',
    entries: ['glibc/sitecustomize.py', 'musl/sitecustomize.py'],
    pin: PYTHON_PIN,
  },
  {
    runtime: 'ruby',
    folder: 'ruby',
    entries: ['glibc/opentelemetry-auto-instrumentation.rb'],
    reason: 'no complete Ruby agent is published as one package',
  },
  {
    runtime: 'dotnet',
    folder: 'dotnet',
    entries: ['glibc/net/OpenTelemetry.AutoInstrumentation.StartupHook.dll'],
    reason: 'the .NET agent is published as an archive of a release, in no package registry',
  },
];

export function factsOf(runtime: AgentRuntime): RuntimeFacts {
  return RUNTIMES.find((facts) => facts.runtime === runtime)!;
}

/** Other words for a runtime, as configurations and distributions use them. */
const ALIASES: Readonly<Record<string, AgentRuntime>> = {
  jvm: 'java',
  nodejs: 'node',
  'node.js': 'node',
  js: 'node',
  python3: 'python',
  py: 'python',
  rb: 'ruby',
  '.net': 'dotnet',
  net: 'dotnet',
};

/**
 * The runtimes that were named, in the order of {@link RUNTIMES} and each once.
 * @throws ToolError `USAGE` (exit 2) for a word that is none
 */
export function runtimesNamed(words: readonly string[]): AgentRuntime[] {
  const wanted = new Set(words.map(runtimeNamed));
  return RUNTIMES.map(({ runtime }) => runtime).filter((runtime) => wanted.has(runtime));
}

function runtimeNamed(word: string): AgentRuntime {
  const name = word.toLowerCase();
  const known = RUNTIMES.find(({ runtime }) => runtime === name)?.runtime ?? ALIASES[name];
  if (known !== undefined) return known;
  throw new ToolError(`no runtime is called ${word}`, {
    code: 'USAGE',
    exitCode: 2,
    found: word,
    expected: RUNTIMES.map(({ runtime }) => runtime).join(', '),
  });
}
