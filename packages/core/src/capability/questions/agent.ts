// SPDX-License-Identifier: Apache-2.0
// Which OpenTelemetry agent the preload library would give this program, and by which variable.
import type { Finding, Question } from '../answer.ts';
import type { RuntimeFacts, RuntimeId } from '../runtime/types.ts';
import type { ExplainTarget } from '../target.ts';

interface AgentSpec {
  readonly name: string;
  readonly variables: readonly string[];
  /** How the variable changes. */
  readonly change: string;
  /** Oldest version of the runtime that today's agent supports; major and minor. */
  readonly oldest: readonly [number, number];
  /** Versions above the oldest that lack what the agent needs. */
  readonly gap?: {
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
  };
}

const AGENTS: Readonly<Partial<Record<RuntimeId, AgentSpec>>> = {
  jvm: {
    name: 'OpenTelemetry Java agent',
    variables: ['JAVA_TOOL_OPTIONS'],
    change: '-javaagent:… is appended to JAVA_TOOL_OPTIONS',
    oldest: [8, 0],
  },
  nodejs: {
    name: 'OpenTelemetry auto-instrumentations for Node.js',
    variables: ['NODE_OPTIONS'],
    change: '--require … is put before NODE_OPTIONS',
    oldest: [18, 19],
    gap: { from: [19, 0], to: [20, 6] },
  },
  cpython: {
    name: 'OpenTelemetry Python distro',
    variables: ['PYTHONPATH'],
    change: 'its directory is put before PYTHONPATH',
    oldest: [3, 9],
  },
  ruby: {
    name: 'OpenTelemetry Ruby auto-instrumentation',
    variables: ['RUBYOPT', 'OTEL_RUBY_ADDITIONAL_GEM_PATH'],
    change: '-r … is put before RUBYOPT',
    oldest: [3, 1],
  },
  dotnet: {
    name: 'OpenTelemetry .NET auto-instrumentation',
    variables: [
      'CORECLR_ENABLE_PROFILING',
      'CORECLR_PROFILER',
      'CORECLR_PROFILER_PATH',
      'DOTNET_STARTUP_HOOKS',
      'OTEL_DOTNET_AUTO_HOME',
    ],
    change: 'CORECLR_* and DOTNET_STARTUP_HOOKS are set, unless one is already',
    oldest: [8, 0],
  },
};

const ROLE_TEXT = {
  application: '',
  tool: 'a tool of the JDK',
  shell: 'a shell',
  'package-manager': 'a package manager',
  init: 'an init system or container shim',
} as const;

export const agent: Question<ExplainTarget> = {
  id: 'agent',
  title: 'Agent',
  answer: ({ runtime, process, executable }) => {
    if (process?.snapshot.stat.isKernelThread)
      return none('a kernel thread has no runtime', runtime);
    if (process !== undefined && process.snapshot.imageThreadId === undefined) {
      return none('the process has ended (zombie)', runtime);
    }
    if (executable.facts === undefined && runtime.id === 'unknown') {
      const reason = executable.problem ?? 'its executable could not be read';
      return { verdict: 'unknown', reason, evidence: [] };
    }
    return judge(runtime);
  },
};

function judge(runtime: RuntimeFacts): Finding {
  const spec = AGENTS[runtime.id];
  const shown = runtime.version === undefined ? runtime.name : `${runtime.name} ${runtime.version}`;
  if (runtime.role !== 'application') {
    const what = ROLE_TEXT[runtime.role];
    return none(`${what}: the default deny list keeps agents out`, runtime);
  }
  if (spec === undefined) return none(withoutAgent(runtime, shown), runtime, hintFor(runtime.id));
  const details = { agent: spec.name, variables: spec.variables };
  const version = parseVersion(runtime.version);
  if (version === undefined) {
    const reason = `${shown} of unknown version; the ${spec.name} needs ${spec.oldest.join('.')}`;
    return { verdict: 'partly', reason, evidence: runtime.evidence, details };
  }
  if (isBelow(version, spec.oldest) || isInGap(version, spec)) {
    const needed = gapText(spec);
    const reason = `${shown} is too old: the ${spec.name} needs ${needed}`;
    return { verdict: 'no', reason, evidence: runtime.evidence, details };
  }
  const reason = `${shown} gets the ${spec.name}: ${spec.change}`;
  return { verdict: 'yes', reason, evidence: runtime.evidence, details };
}

function withoutAgent(runtime: RuntimeFacts, shown: string): string {
  if (runtime.id === 'unknown') return 'no known runtime: it is left exactly as it is';
  if (runtime.id === 'go') return `${shown} takes no preloaded agent`;
  return `no agent to preload for ${shown}: it is left exactly as it is`;
}

function hintFor(id: RuntimeId): string | undefined {
  if (id === 'go') return 'trace it by `otel-go attach`, or build it with `otel-go build`';
  if (id === 'rust' || id === 'cpp') {
    return 'with an OpenTelemetry SDK linked in, OTEL_INJECTOR_* variables add resource attributes';
  }
  return undefined;
}

function gapText(spec: AgentSpec): string {
  const oldest = spec.oldest.join('.');
  return spec.gap === undefined ? `${oldest} or newer` : `${oldest} or ${spec.gap.to.join('.')}`;
}

function isInGap(version: readonly [number, number], { gap }: AgentSpec): boolean {
  return gap !== undefined && !isBelow(version, gap.from) && isBelow(version, gap.to);
}

function isBelow(left: readonly [number, number], right: readonly [number, number]): boolean {
  return left[0] < right[0] || (left[0] === right[0] && left[1] < right[1]);
}

/** `17.0.15` → [17, 0]; `1.8.0_402` is Java's 8. */
export function parseVersion(text: string | undefined): [number, number] | undefined {
  const match = /^(\d{1,3})(?:\.(\d{1,3}))?/.exec(text ?? '');
  if (match === null) return undefined;
  const [major, minor] = [Number(match[1]), Number(match[2] ?? 0)];
  return major === 1 && /^1\.[5-8]\.0_/.test(text ?? '') ? [minor, 0] : [major, minor];
}

function none(reason: string, runtime: RuntimeFacts, hint?: string): Finding {
  return {
    verdict: 'no',
    reason,
    evidence: runtime.evidence,
    ...(hint !== undefined && { hint }),
  };
}
