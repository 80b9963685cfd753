// SPDX-License-Identifier: Apache-2.0
// Go programs to analyse, built once for all tests and both versions of Node. Most import little:
// every package is compiled anew for every release and build mode.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ElfFile, openElf } from '@otelkit/core';
import {
  analyzeGo,
  type GoAnalysis,
  isAnalysis,
  type WantedParts,
} from '../../src/analyze/index.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'otelkit-fixtures', 'otel-go');
export const IS_FULL = process.env['OTELKIT_FULL_MATRIX'] === '1';

/** Few imports, and yet types behind interfaces, maps and methods. */
const SMALL = `package main

import (
	"bufio"
	"errors"
	"net/url"
	"os"
)

type failure struct{ code int }

func (f *failure) Error() string { return "failed" }

//go:noinline
func fail(n int) error {
	if n > 5 {
		return &failure{n}
	}
	return errors.New("x")
}

func main() {
	u, err := url.Parse(os.Args[0])
	if err == nil {
		err = fail(len(os.Args))
	}
	w := bufio.NewWriter(os.Stdout)
	w.WriteString(u.String() + err.Error())
	w.Flush()
}
`;

const SERVER = `package main

import (
	"database/sql"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		db, _ := sql.Open("x", "y")
		rows, _ := db.QueryContext(r.Context(), "z")
		rows.Close()
		db.ExecContext(r.Context(), "z")
		http.DefaultClient.Do(r)
	})
	http.ListenAndServe(":0", nil)
}
`;

/** GOPATH mode with vendored stand-ins of libraries, whose names then bear the folder's path. */
const VENDORED: Readonly<Record<string, string>> = {
  'src/example.com/shop/main.go': `package main

import (
	"google.golang.org/grpc"
	"go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	trace.Start()
	var c any = &grpc.ClientConn{}
	c.(*grpc.ClientConn).Invoke("x")
	println(c)
}
`,
  'src/example.com/shop/vendor/google.golang.org/grpc/grpc.go': `package grpc

type ClientConn struct {
	pad    [3]int
	target string
}

//go:noinline
func (c *ClientConn) Invoke(method string) { println(c.target, method) }
`,
  'src/example.com/shop/vendor/go.opentelemetry.io/otel/sdk/trace/trace.go': `package trace

//go:noinline
func Start() { println("start") }
`,
};

/** Says that it runs, and waits for the end of its input. */
/** On standard error it says where an error's itab and its data are. */
const SLEEPER = `package main

import (
	"bufio"
	"errors"
	"os"
)

func main() {
	println(errors.New("x"))
	w := bufio.NewWriter(os.Stdout)
	w.WriteString("ready\\n")
	w.Flush()
	bufio.NewReader(os.Stdin).ReadByte()
}
`;

const SINGLE: Readonly<Record<string, string>> = {
  small: SMALL,
  server: SERVER,
  sleeper: SLEEPER,
};

export type ProgramKind = 'small' | 'server' | 'sleeper' | 'vendored';

export interface Variant {
  readonly kind: ProgramKind;
  /** `1.24.6`; the installed Go when not given. */
  readonly release?: string;
  readonly args?: readonly string[];
  readonly cgo?: boolean;
}

const failed = new Set<string>();

/** Path of the program; undefined, with the reason printed once, where it cannot be built. */
export function goProgram({ kind, release, args = [], cgo = false }: Variant): string | undefined {
  const toolchain = release === undefined ? 'local' : `go${release}`;
  const version = spawnSync('go', ['version'], { encoding: 'utf8', cwd: '/' }).stdout ?? '';
  const sources = sourcesOf(kind);
  const text = JSON.stringify([sources, toolchain, args, cgo, version]);
  const path = join(CACHE, createHash('sha256').update(text).digest('hex').slice(0, 24));
  if (existsSync(path)) return path;
  if (failed.has(toolchain)) return undefined;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'making-'));
  try {
    for (const [name, source] of Object.entries(sources)) {
      mkdirSync(dirname(join(work, name)), { recursive: true });
      writeFileSync(join(work, name), source);
    }
    const isGopath = kind === 'vendored';
    const cwd = isGopath ? join(work, 'src/example.com/shop') : work;
    const env = {
      ...process.env,
      GOTOOLCHAIN: toolchain,
      CGO_ENABLED: cgo ? '1' : '0',
      GOFLAGS: '',
      ...(isGopath && { GO111MODULE: 'off', GOPATH: work }),
    };
    const built = spawnSync('go', ['build', ...args, '-o', join(work, 'program'), '.'], {
      cwd,
      env,
      encoding: 'utf8',
    });
    if (built.status !== 0) {
      const why = (built.error?.message ?? built.stderr).trim().split('\n').slice(-2).join(' ');
      console.log(
        `skip: cannot build by ${toolchain}: ${why}, install with: https://go.dev/doc/install`,
      );
      failed.add(toolchain);
      return undefined;
    }
    renameSync(join(work, 'program'), path);
    return path;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function sourcesOf(kind: ProgramKind): Readonly<Record<string, string>> {
  if (kind === 'vendored') return VENDORED;
  return { 'go.mod': 'module example.com/probe\n\ngo 1.19\n', 'main.go': SINGLE[kind]! };
}

/** The same, skipping the running test where it cannot be had. */
export function needProgram(context: Mocha.Context, variant: Variant): string {
  const path = goProgram(variant);
  if (path === undefined) context.skip();
  return path as string;
}

/** Standard output of a `go` command of the installed Go. */
export function goTool(args: readonly string[], cwd = '/'): string {
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' };
  const options = { encoding: 'utf8', env, cwd, maxBuffer: 1 << 28 } as const;
  return spawnSync('go', args, options).stdout ?? '';
}

/** Layouts by Go's own debug/dwarf: struct → field → offset. */
export function layoutsByGo(
  path: string,
  structs: readonly string[],
): Map<string, Map<string, number>> {
  const folder = join(ROOT, 'native/go-offsets');
  const text = goTool(['run', '.', '-read', path, ...structs], folder);
  const layouts = new Map<string, Map<string, number>>();
  for (const [struct, layout] of Object.entries(JSON.parse(text) as Record<string, string>)) {
    const fields = layout.split(' ').slice(1);
    const pairs = fields.map((field) => field.split(':') as [string, string]);
    layouts.set(struct, new Map(pairs.map(([name, offset]) => [name, Number(offset)])));
  }
  return layouts;
}

export function withElf<T>(path: string, use: (elf: ElfFile) => T): T {
  const elf = openElf(path);
  try {
    return use(elf);
  } finally {
    elf.source.close();
  }
}

export function analyzed(
  path: string,
  wanted: WantedParts,
  options: { crossCheck?: boolean } = {},
): GoAnalysis {
  return withElf(path, (elf) => {
    const result = analyzeGo(elf, wanted, options);
    if (!isAnalysis(result)) throw new Error(`${path} ${result.reason}`);
    return result;
  });
}
