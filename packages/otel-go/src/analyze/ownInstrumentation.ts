// SPDX-License-Identifier: Apache-2.0
// Instrumentation that a program brings along: to join its spans, or to stay out of its way.
import type { NameTable } from './functions.ts';
import type { LinkedModule, OwnInstrumentation } from './types.ts';

interface Sign {
  readonly kind: OwnInstrumentation['kind'];
  readonly name: string;
  readonly module: string;
  /** Functions of the package start so: modules are often required and not linked in. */
  readonly prefix: string;
  readonly meaning: string;
}

const DOUBLED = 'its own spans are made too; the same request may be seen twice';

const OURS = 'otel-go build';

const SIGNS: readonly Sign[] = [
  {
    kind: 'sdk',
    name: 'OpenTelemetry SDK',
    module: 'go.opentelemetry.io/otel/sdk',
    prefix: 'go.opentelemetry.io/otel/sdk/trace.',
    meaning: 'it exports spans of its own where a tracer provider is set up',
  },
  {
    kind: 'auto-sdk',
    name: 'OpenTelemetry auto/sdk',
    module: 'go.opentelemetry.io/auto/sdk',
    prefix: 'go.opentelemetry.io/auto/sdk.(*span)',
    meaning: 'manual spans are taken over and joined to those of the probes',
  },
  {
    kind: 'api',
    name: 'OpenTelemetry API',
    module: 'go.opentelemetry.io/otel',
    prefix: 'go.opentelemetry.io/otel/internal/global.(*tracer)',
    meaning: 'manual spans go to whoever implements the API',
  },
  {
    kind: 'api',
    name: 'otelhttp',
    module: 'go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp',
    prefix: 'go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.',
    meaning: DOUBLED,
  },
  {
    kind: 'api',
    name: 'otelgrpc',
    module: 'go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc',
    prefix: 'go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc.',
    meaning: DOUBLED,
  },
  {
    kind: 'woven',
    name: OURS,
    module: 'otelkit.dev/go',
    prefix: 'otelkit.dev/go/boot.',
    meaning: 'it was instrumented at build time; probes would tell the same twice',
  },
  {
    kind: 'woven',
    name: 'Orchestrion',
    module: 'github.com/DataDog/orchestrion',
    prefix: 'github.com/DataDog/orchestrion/',
    meaning: 'it was instrumented at build time; probes would tell the same twice',
  },
  {
    kind: 'woven',
    name: 'OpenTelemetry compile-time instrumentation',
    module: 'go.opentelemetry.io/otelc',
    prefix: 'go.opentelemetry.io/otelc/',
    meaning: 'it was instrumented at build time; probes would tell the same twice',
  },
  {
    kind: 'other',
    name: 'Datadog tracer',
    module: 'github.com/DataDog/dd-trace-go/v2',
    prefix: 'github.com/DataDog/dd-trace-go/',
    meaning: 'its context headers are another format unless it is told to use W3C',
  },
  {
    kind: 'other',
    name: 'Datadog tracer',
    module: 'gopkg.in/DataDog/dd-trace-go.v1',
    prefix: 'gopkg.in/DataDog/dd-trace-go%2ev1/',
    meaning: 'its context headers are another format unless it is told to use W3C',
  },
  {
    kind: 'other',
    name: 'New Relic agent',
    module: 'github.com/newrelic/go-agent/v3',
    prefix: 'github.com/newrelic/go-agent/',
    meaning: DOUBLED,
  },
  {
    kind: 'other',
    name: 'Elastic APM agent',
    module: 'go.elastic.co/apm/v2',
    prefix: 'go.elastic.co/apm/v2.',
    meaning: DOUBLED,
  },
];

/** What of {@link SIGNS} is linked in. */
export function ownInstrumentation(
  modules: ReadonlyMap<string, LinkedModule>,
  names: NameTable,
): OwnInstrumentation[] {
  const found: OwnInstrumentation[] = [];
  for (const { kind, name, module, prefix, meaning } of SIGNS) {
    if (!mayHaveModule(modules, module) || !names.hasPrefix(prefix)) continue;
    found.push({ kind, name, version: modules.get(module)?.version, meaning });
  }
  return found;
}

/** Whether `otel-go build` made the program: then it makes all that probes would see itself. */
export function isBuiltByUs(own: readonly OwnInstrumentation[]): boolean {
  return own.some(({ name }) => name === OURS);
}

/** The list of modules spares a search; programs of GOPATH mode have none. */
export function mayHaveModule(modules: ReadonlyMap<string, LinkedModule>, path: string): boolean {
  if (modules.size <= 1) return true;
  for (const module of modules.keys()) {
    if (path === module || path.startsWith(`${module}/`)) return true;
  }
  return false;
}
