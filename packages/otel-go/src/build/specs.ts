// SPDX-License-Identifier: Apache-2.0
// The go command's verbs: their words are go's own, and go's exit code is ours.

import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';

type NoFlags = Record<never, never>;

const description = (verb: string): readonly string[] => [
  `Runs \`go ${verb}\` with everything that follows passed on as it is, and weaves instrumentation into what is compiled: net/http, gRPC, database/sql, log/slog and others, and whatever aspects the module has of its own. Sources, go.mod and go.sum are not touched; panics, debuggers and coverage show the lines that people wrote.`,
  'The program is set up by the standard variables `OTEL_*` when it starts, and sends OTLP. See docs/go-build.md.',
];

export const buildSpec: CommandSpec<NoFlags> = defineCommand({
  id: 'build',
  summary: '`go build`, with traces and metrics compiled in',
  description: description('build'),
  examples: [
    { command: 'otel-go build ./...', says: 'every program of the module, instrumented' },
    { command: 'otel-go build -o bin/shop ./cmd/shop', says: 'flags are those of `go build`' },
    {
      command: 'GOOS=linux GOARCH=arm64 otel-go build -trimpath .',
      says: 'for another machine, without the paths of this one',
    },
  ],
  args: [{ name: 'ARGUMENT', summary: 'whatever `go build` takes', multiple: true }],
  flags: {},
  outputs: 'text',
  passThrough: true,
  load: () => import('./goVerb.ts'),
});

export const runSpec: CommandSpec<NoFlags> = defineCommand({
  id: 'run',
  summary: '`go run`, with traces and metrics compiled in',
  description: description('run'),
  examples: [
    { command: 'otel-go run .', says: 'builds the program of this folder and runs it' },
    {
      command: 'OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 otel-go run ./cmd/shop',
      says: 'its spans go to a collector',
    },
    { command: 'otel-go run -race . --port 8080', says: 'with the race detector and arguments' },
  ],
  args: [{ name: 'ARGUMENT', summary: 'whatever `go run` takes', multiple: true }],
  flags: {},
  outputs: 'text',
  passThrough: true,
  load: () => import('./goVerb.ts'),
});

export const testSpec: CommandSpec<NoFlags> = defineCommand({
  id: 'test',
  summary: '`go test`, with the instrumentation that the program will have',
  description: description('test'),
  examples: [
    { command: 'otel-go test ./...', says: 'every test of the module' },
    { command: 'otel-go test -race -cover ./store', says: 'flags are those of `go test`' },
    {
      command: 'OTEL_TRACES_EXPORTER=none otel-go test ./...',
      says: 'nothing is sent',
    },
  ],
  args: [{ name: 'ARGUMENT', summary: 'whatever `go test` takes', multiple: true }],
  flags: {},
  outputs: 'text',
  passThrough: true,
  load: () => import('./goVerb.ts'),
});

export const vetSpec: CommandSpec<NoFlags> = defineCommand({
  id: 'vet',
  summary: '`go vet`, with the aspects checked by the compiler',
  description: description('vet'),
  examples: [
    { command: 'otel-go vet ./...', says: 'every package of the module' },
    { command: 'otel-go vet -json .', says: 'flags are those of `go vet`' },
    { command: 'otel-go vet -tags integration ./...', says: 'with a build tag' },
  ],
  args: [{ name: 'ARGUMENT', summary: 'whatever `go vet` takes', multiple: true }],
  flags: {},
  outputs: 'text',
  passThrough: true,
  load: () => import('./goVerb.ts'),
});

export const installSpec: CommandSpec<NoFlags> = defineCommand({
  id: 'install',
  summary: '`go install`, with traces and metrics compiled in',
  description: description('install'),
  examples: [
    { command: 'otel-go install ./cmd/...', says: 'every command of the module into GOBIN' },
    { command: 'GOBIN=/srv/bin otel-go install .', says: 'into a folder' },
    { command: "otel-go install -ldflags '-s -w' ./cmd/shop", says: 'without symbols' },
  ],
  args: [{ name: 'ARGUMENT', summary: 'whatever `go install` takes', multiple: true }],
  flags: {},
  outputs: 'text',
  passThrough: true,
  load: () => import('./goVerb.ts'),
});
