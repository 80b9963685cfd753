// SPDX-License-Identifier: Apache-2.0
// A program for AArch64 records itself: registers, stack, and the return addresses that its
// functions see. It runs under qemu-user.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { openElf } from '@otelkit/core';
import {
  buildUnwindTable,
  MAPPING_KIND,
  ModelMappings,
  machineModel,
  openTable,
  STACK_END,
  StackCopy,
  UnwinderModel,
} from '../../src/index.ts';
import { findTool, made, needsTools } from '../fixtures/compile.ts';

/** Without a C library, which would have to be compiled first. */
const MAIN_C = `
typedef unsigned long word;
static char *top;
static word seen[16], head[40];
static int count;
volatile int sink;
#define SEE() (seen[count++] = (word)__builtin_return_address(0) & 0xffffffffffff)
static word call(word number, word a, word b, word c, word d) {
  register word x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c, x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}
__attribute__((noinline)) void fill(volatile char *p, int value, int n) { while (n-- > 0) p[n] = value; }
__attribute__((noinline)) void capture(void) {
  SEE();
  word pc, sp, fp;
  __asm__ volatile("adr %0, .\\n mov %1, sp\\n mov %2, x29" : "=r"(pc), "=r"(sp), "=r"(fp) : : "memory");
  head[0] = pc; head[1] = sp; head[2] = fp; head[3] = count;
  for (int i = 0; i < 16; i++) head[4 + i] = seen[i];
  call(64, 1, (word)head, sizeof head, 0);
  call(64, 1, sp, top - (char *)sp, 0);
  sink++;
}
__attribute__((noinline)) int three(int n) { SEE(); char *p = __builtin_alloca(n); fill(p, n, n); capture(); return p[n / 2]; }
__attribute__((noinline)) int two(int n) { SEE(); _Alignas(64) char b[128]; fill(b, n, 128); int r = three(n); return r + b[n & 127]; }
__attribute__((noinline)) int one(int n) { SEE(); return two(n) + sink; }
static void handler(int n) { (void)n; one(33); call(93, 0, 0, 0, 0); }
__asm__(".text\\n restorer: mov x8, #139\\n svc #0\\n .globl _start\\n _start: mov x0, sp\\n bl begin\\n");
extern void restorer(void);
__attribute__((noinline)) void interrupted(void) { call(129, call(172, 0, 0, 0, 0), 10, 0, 0); sink++; }
void begin(word *stack) {
  top = (char *)(stack + 1);
  struct { void *handler; word flags; void *restorer; word mask; } action = {handler, 0x04000000, restorer, 0};
  call(134, 10, (word)&action, 0, 8);
  if (stack[0] > 1) interrupted();
  call(93, one(40) > 100000, 0, 0, 0);
}
`;
const HEAD_WORDS = 40;

interface SelfRecording {
  readonly pcs: readonly number[];
  readonly expected: readonly number[];
  readonly end: number;
}

function record(program: string, args: readonly string[]): SelfRecording {
  const { stdout, stderr } = spawnSync('qemu-aarch64-static', ['-cpu', 'max', program, ...args], {
    maxBuffer: 1 << 26,
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  assert.ok(stdout.length > 8 * HEAD_WORDS, stderr.toString());
  const word = (i: number): bigint => stdout.readBigUInt64LE(8 * i);
  const registers = new BigUint64Array(34);
  registers[32] = word(0);
  registers[31] = word(1);
  registers[29] = word(2);
  const elf = openElf(program);
  const table = buildUnwindTable(elf)!;
  elf.source.close();
  const reader = openTable(table.bytes);
  assert.ok(typeof reader !== 'string');
  const mapping = {
    start: 0,
    end: 2 ** 40,
    bias: 0,
    slot: 1,
    kind: MAPPING_KIND.TABLE,
    table: reader,
  };
  const memory = new StackCopy(Number(word(1)), stdout.subarray(8 * HEAD_WORDS));
  const stack = new UnwinderModel(machineModel(183)!).unwind({
    registers,
    memory,
    mappings: new ModelMappings([mapping]),
  });
  // Callers saw their return addresses first.
  const count = Number(word(3));
  const seen = Array.from({ length: count }, (_, i) => Number(word(4 + i)) - 1);
  return { pcs: [...stack.vaddrs], expected: [Number(word(0)), ...seen.reverse()], end: stack.end };
}

function compile(...args: string[]): string {
  const base = ['cc', '-target', 'aarch64-linux-none', '-nostdlib', '-static', '-no-pie', '-O2'];
  const plain = ['-fno-sanitize=all', '-fasynchronous-unwind-tables', '-w', '-o', 'out', 'main.c'];
  const command = ['zig', ...base, ...plain, ...args] as const;
  return made({ sources: { 'main.c': MAIN_C }, commands: [command], output: 'out' });
}

describe('the model unwinds AArch64', function () {
  this.timeout(300_000);

  beforeEach(function () {
    needsTools(this, 'zig', 'qemu-aarch64-static');
    assert.ok(findTool('zig') !== undefined);
  });

  const variants: readonly (readonly string[])[] = [
    [],
    ['-fomit-frame-pointer'],
    ['-mbranch-protection=pac-ret'],
  ];
  for (const variant of variants) {
    it(`a chain of calls (${variant.join(' ') || 'as the compiler likes'})`, () => {
      const { pcs, expected, end } = record(compile(...variant), []);
      assert.equal(expected.length, 5);
      assert.deepEqual(pcs.slice(0, 5), expected);
      // And begin(), _start.
      assert.equal(pcs.length, 6);
      assert.equal(end, STACK_END.COMPLETE);
    });
  }

  it('a signal handler, to the function that it interrupted', () => {
    const { pcs, expected, end } = record(compile(), ['signal']);
    assert.deepEqual(pcs.slice(0, 5), expected);
    // The handler, the trampoline, the function that sent the signal to itself, begin() and _start.
    assert.equal(pcs.length, 9, pcs.map((pc) => pc.toString(16)).join(' '));
    assert.equal(end, STACK_END.COMPLETE);
  });
});
