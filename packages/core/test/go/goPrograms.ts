// SPDX-License-Identifier: Apache-2.0
// Small Go programs, built by several releases of Go. Each imports `runtime` at most, because every
// package of the standard library is compiled anew for every release, machine and build mode.
import { spawnSync } from 'node:child_process';
import { ElfFile, MemorySource, openElf } from '../../src/index.ts';
import { copyOf, findTool, made } from '../fixtures/compile.ts';

/** One of each layout of the function table, and the newest without and with a text start. */
export const RELEASES: readonly string[] = [
  ...['1.9.7', '1.15.15', '1.17.13', '1.19.13', '1.20.14', '1.24.6'],
  // moduledata's links gave way to lengths.
  ...(process.env['OTELKIT_FULL_MATRIX'] === '1' ? ['1.27.4'] : []),
];
export const LOCAL = 'local';

const MAIN_GO = `package main

import "runtime"

type stack struct{ n int }

func leaf(p *[16]uintptr) int   { return runtime.Callers(1, p[:]) }
func middle(p *[16]uintptr) int { return leaf(p) }

//go:noinline
func (s *stack) walk() {
	var pcs [16]uintptr
	n := middle(&pcs)
	println("self", runtime.FuncForPC(pcs[n-1]).Entry(), runtime.FuncForPC(pcs[n-1]).Name())
	for i := 0; i < n; i++ {
		println("pc", pcs[i])
	}
	frames := runtime.CallersFrames(pcs[:n])
	for {
		f, more := frames.Next()
		println("frame", f.Function, f.File, f.Line)
		if !more {
			return
		}
	}
}

func main() {
	s := stack{1}
	s.walk()
}
`;
const CGO_GO = `package main

// static int twice(int x) { return 2 * x; }
import "C"

//export Twice
func Twice(x int) int { return int(C.twice(C.int(x))) }

func main() { println(Twice(21)) }
`;

export interface GoVariant {
  /** `1.20.14`, or `local` for the Go that is installed. */
  readonly release: string;
  readonly args?: readonly string[];
  readonly ldflags?: string;
  readonly arch?: string;
  readonly cgo?: boolean;
}

const failed = new Map<string, string>();

/**
 * Path of a Go program, or undefined, with the reason printed once, where the toolchain cannot be
 * had: `go` fetches others than the installed one into its module cache.
 */
export function goProgram(variant: GoVariant): string | undefined {
  if (findTool('go') === undefined)
    return unavailable('go', 'go is not here, install with: https://go.dev/doc/install');
  if (variant.cgo && findTool('gcc') === undefined) {
    return unavailable('gcc', 'gcc is not here, install with: apt-get install gcc libc6-dev');
  }
  const toolchain = variant.release === LOCAL ? 'local' : `go${variant.release}`;
  if (failed.has(toolchain)) return undefined;
  const settings = [
    `GOTOOLCHAIN=${toolchain}`,
    `CGO_ENABLED=${variant.cgo ? 1 : 0}`,
    'GO111MODULE=auto',
    'GOFLAGS=-tags=otelkit',
    `GOARCH=${variant.arch ?? goArch()}`,
  ];
  const flags = [...(variant.args ?? []), '-ldflags', variant.ldflags ?? ''];
  try {
    return made({
      // Without go.mod, `go` does not switch to another toolchain.
      sources: {
        'go.mod': 'module example.com/probe\n\ngo 1.9\n',
        'main.go': variant.cgo ? CGO_GO : MAIN_GO,
        'go.version': localVersion(),
      },
      commands: [['env', ...settings, 'go', 'build', ...flags, '-o', 'out', 'main.go']],
      output: 'out',
    });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: Buffer | string };
    const why = String(stderr).trim().split('\n').slice(-2).join(' ');
    const how = 'network access to the Go module proxy';
    return unavailable(toolchain, `cannot build by ${toolchain} (${why}), it needs ${how}`);
  }
}

function unavailable(key: string, reason: string): undefined {
  if (!failed.has(key)) console.log(`skip: ${reason}`);
  failed.set(key, reason);
  return undefined;
}

/** The same, skipping the running test where it cannot be had. */
export function needProgram(context: Mocha.Context, variant: GoVariant): string {
  const path = goProgram(variant);
  if (path === undefined) context.skip();
  return path as string;
}

let version: string | undefined;

function localVersion(): string {
  version ??= goTool(['version']);
  return version;
}

export function goArch(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

/** Standard output of a `go` command of the installed Go. */
export function goTool(args: readonly string[], input = ''): string {
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '' };
  const options = { encoding: 'utf8', env, input, maxBuffer: 1 << 28 } as const;
  return spawnSync('go', args, options).stdout;
}

/** Opens a file, hands it over and closes it. */
export function withElf<T>(path: string, use: (elf: ElfFile) => T): T {
  const elf = openElf(path);
  try {
    return use(elf);
  } finally {
    elf.source.close();
  }
}

/** The same file without section headers, as `llvm-strip --strip-sections` leaves it. */
export function withoutSections(path: string): ElfFile {
  const bytes = copyOf(path);
  const is64 = bytes[4] === 2;
  bytes.fill(0, is64 ? 40 : 32, is64 ? 48 : 36);
  bytes.fill(0, is64 ? 60 : 48, is64 ? 64 : 52);
  return new ElfFile(new MemorySource(path, bytes));
}

/** What `go tool nm` says of functions: address → names, `.abi0` cut off. */
export function namesByAddress(path: string): Map<bigint, Set<string>> {
  const names = new Map<bigint, Set<string>>();
  for (const line of goTool(['tool', 'nm', path]).split('\n')) {
    const match = /^\s*([0-9a-f]+)\s+[tT]\s+(.*)$/.exec(line);
    if (match === null) continue;
    const vaddr = BigInt(`0x${match[1]}`);
    const known = names.get(vaddr) ?? new Set();
    names.set(vaddr, known.add(comparable(match[2]!.replace(/\.abi0$/, ''))));
  }
  return names;
}

/**
 * A name without what Go's tools differ in: nm writes the assembler's middle dot as a full stop, and
 * the linker shortens what stands in brackets in the pclntab only.
 */
export function comparable(name: string): string {
  return name.replaceAll('·', '.').replace(/\[.*\]/, '[...]');
}
