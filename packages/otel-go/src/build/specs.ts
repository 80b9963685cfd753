// SPDX-License-Identifier: Apache-2.0
// The go command's verbs: their words are go's own, and go's exit code is ours.

import { type CommandSpec, defineCommand, type Example } from '@otelkit/cli-kit';

type NoFlags = Record<never, never>;

interface GoVerb {
  readonly id: string;
  /** What stands behind `go VERB` in the summary. */
  readonly gives: string;
  readonly examples: readonly Example[];
}

function goVerb({ id, gives, examples }: GoVerb): CommandSpec<NoFlags> {
  return defineCommand({
    id,
    summary: `\`go ${id}\`, ${gives}`,
    description: [
      `Runs \`go ${id}\` with everything that follows passed on as it is, and weaves instrumentation into what is compiled: net/http, gRPC, database/sql, log/slog and others, and whatever aspects the module has of its own. Sources, go.mod and go.sum are not touched; panics, debuggers and coverage show the lines that people wrote.`,
      'The program is set up by the standard variables `OTEL_*` when it starts, and sends OTLP. See docs/go-build.md.',
    ],
    examples,
    args: [{ name: 'ARGUMENT', summary: `whatever \`go ${id}\` takes`, multiple: true }],
    flags: {},
    outputs: 'text',
    passThrough: true,
    load: () => import('./goVerb.ts'),
  });
}

export const buildSpec: CommandSpec<NoFlags> = goVerb({
  id: 'build',
  gives: 'with traces and metrics compiled in',
  examples: [
    { command: 'otel-go build ./...', says: 'every program of the module, instrumented' },
    { command: 'otel-go build -o bin/shop ./cmd/shop', says: 'flags are those of `go build`' },
    {
      command: 'GOOS=linux GOARCH=arm64 otel-go build -trimpath .',
      says: 'for another machine, without the paths of this one',
    },
  ],
});

export const runSpec: CommandSpec<NoFlags> = goVerb({
  id: 'run',
  gives: 'with traces and metrics compiled in',
  examples: [
    { command: 'otel-go run .', says: 'builds the program of this folder and runs it' },
    {
      command: 'OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 otel-go run ./cmd/shop',
      says: 'its spans go to a collector',
    },
    { command: 'otel-go run -race . --port 8080', says: 'with the race detector and arguments' },
  ],
});

export const testSpec: CommandSpec<NoFlags> = goVerb({
  id: 'test',
  gives: 'with the instrumentation that the program will have',
  examples: [
    { command: 'otel-go test ./...', says: 'every test of the module' },
    { command: 'otel-go test -race -cover ./store', says: 'flags are those of `go test`' },
    { command: 'OTEL_TRACES_EXPORTER=none otel-go test ./...', says: 'nothing is sent' },
  ],
});

export const vetSpec: CommandSpec<NoFlags> = goVerb({
  id: 'vet',
  gives: 'with the aspects checked by the compiler',
  examples: [
    { command: 'otel-go vet ./...', says: 'every package of the module' },
    { command: 'otel-go vet -json .', says: 'flags are those of `go vet`' },
    { command: 'otel-go vet -tags integration ./...', says: 'with a build tag' },
  ],
});

export const installSpec: CommandSpec<NoFlags> = goVerb({
  id: 'install',
  gives: 'with traces and metrics compiled in',
  examples: [
    { command: 'otel-go install ./cmd/...', says: 'every command of the module into GOBIN' },
    { command: 'GOBIN=/srv/bin otel-go install .', says: 'into a folder' },
    { command: "otel-go install -ldflags '-s -w' ./cmd/shop", says: 'without symbols' },
  ],
});
