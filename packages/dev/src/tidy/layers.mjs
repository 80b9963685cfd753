// SPDX-License-Identifier: Apache-2.0
// Which package may import which: tools → shared packages → core. One table, so that a new arrow is
// a decision somebody makes here and not a line somewhere.

/**
 * Package name → workspace packages it may import. The tools never import one another, and nothing
 * imports @otelkit/dev.
 * @type {Record<string, string[]>}
 */
export const MAY_IMPORT = {
  '@otelkit/core': [],
  '@otelkit/cli-kit': [],
  '@otelkit/bpf-client': ['@otelkit/core'],
  '@otelkit/unwind': ['@otelkit/core'],
  '@otelkit/symbols': ['@otelkit/core'],
  '@otelkit/otlp': ['@otelkit/core'],
  '@otelkit/profiles': ['@otelkit/otlp'],
  // The page and the contract of its requests.
  '@otelkit/viewer': [],
  '@otelkit/collector': [
    '@otelkit/core',
    '@otelkit/otlp',
    '@otelkit/profiles',
    '@otelkit/symbols',
    '@otelkit/viewer',
  ],
  'otel-elf': sharedPackages(),
  'otel-inject': sharedPackages(),
  'otel-profile': sharedPackages(),
  'otel-go': sharedPackages(),
  // Only its tests and generators: they run the tools, and the build of those comes first.
  '@otelkit/dev': [...sharedPackages(), 'otel-elf', 'otel-inject', 'otel-profile', 'otel-go'],
};

function sharedPackages() {
  const names = [
    'core',
    'cli-kit',
    'bpf-client',
    'unwind',
    'symbols',
    'otlp',
    'profiles',
    'viewer',
    'collector',
  ];
  return names.map((name) => `@otelkit/${name}`);
}
