// SPDX-License-Identifier: Apache-2.0
// The few instructions by which Go's compiler and assembler keep frame pointers and move to other
// stacks (cmd/internal/obj/x86/obj6.go, arm64/obj7.go), told by their bytes. Reading `code` beyond
// its ends gives nothing that matches.

/** Bytes looked at before and behind a place. */
export const CODE_MARGIN_BYTES = 16;

export interface GoMachine {
  readonly stepBytes: number;
  /**
   * The frame grew from `before` to `after` bytes at `at`: bytes from there until the caller's frame
   * pointer is in its slot; -1 when this code does not save it.
   */
  fpSavedAfter(code: Uint8Array, at: number, before: number, after: number): number;
  /** Length of the instruction at `at` that makes FP point to the slot, or 0. */
  fpSetBytes(code: Uint8Array, at: number, delta: number): number;
  /** The instruction that ends at `at` gave the caller's FP back, and SP is still lowered. */
  isFpRestored(code: Uint8Array, at: number): boolean;
  /** Length of the instruction at `at` when it moves another stack into SP, else 0. */
  stackSwitchBytes(code: Uint8Array, at: number): number;
  /** The instruction at `at` loads the FP of another stack. */
  loadsOtherFp(code: Uint8Array, at: number): boolean;
}

export const AMD64: GoMachine = {
  stepBytes: 1,
  fpSavedAfter(code, at, before, after) {
    // push %rbp
    if (before === 0 && after === 8 && code[at - 1] === 0x55) return 0;
    // Before Go 1.21: sub $n,%rsp; mov %rbp,n-8(%rsp)
    return slotInstructionBytes(code, at, 0x89, after - 8) || -1;
  },
  fpSetBytes(code, at, delta) {
    // mov %rsp,%rbp; before Go 1.21: lea n-8(%rsp),%rbp
    if (is(code, at, 0x48, 0x89, 0xe5)) return 3;
    return slotInstructionBytes(code, at, 0x8d, delta - 8);
  },
  isFpRestored: () => false,
  stackSwitchBytes(code, at) {
    const rex = code[at]!;
    const modrm = code[at + 2]!;
    // mov 0x38(reg),%rsp: g.sched.sp
    const isLoad = (rex === 0x48 || rex === 0x49) && code[at + 1] === 0x8b;
    if (isLoad && (modrm & 0xf8) === 0x60 && modrm !== 0x64 && code[at + 3] === 0x38) return 4;
    // mov reg,%rsp, but not from %rbp
    const isMove = (rex === 0x48 || rex === 0x4c) && code[at + 1] === 0x89;
    return isMove && (modrm & 0xc7) === 0xc4 && modrm !== 0xec ? 3 : 0;
  },
  loadsOtherFp: () => false,
};

function is(code: Uint8Array, at: number, a: number, b: number, c: number): boolean {
  return code[at] === a && code[at + 1] === b && code[at + 2] === c;
}

/** Length of `op slot(%rsp),%rbp` (mov, lea) at `at`, or 0. */
function slotInstructionBytes(code: Uint8Array, at: number, op: number, slot: number): number {
  if (code[at + 3] !== 0x24) return 0;
  if (is(code, at, 0x48, op, 0x6c)) return code[at + 4] === slot ? 5 : 0;
  return is(code, at, 0x48, op, 0xac) && wordAt(code, at + 4) === slot ? 8 : 0;
}

function wordAt(code: Uint8Array, at: number): number {
  return (code[at]! | (code[at + 1]! << 8) | (code[at + 2]! << 16) | (code[at + 3]! << 24)) >>> 0;
}

const A64 = {
  /** stur x29,[sp,#-8] */
  saveFp: 0xf81f83fd,
  /** sub x29,sp,#8 */
  setFp: 0xd10023fd,
  /** stp x29,x30,[x20,#-8] */
  savePair: 0xa93ffa9d,
  /** ldur x29,[sp,#-8] */
  restoreFp: 0xf85f83fd,
  /** ldp x29,x30,[sp,#-8] */
  restorePair: 0xa97ffbfd,
  /** mov sp,xN */
  moveToSp: 0x9100001f,
  /** ldr x29,[x28,#N] */
  loadFp: 0xf940039d,
} as const;

export const ARM64: GoMachine = {
  stepBytes: 4,
  fpSavedAfter(code, at) {
    if (wordAt(code, at) === A64.saveFp) return 4;
    // Large frames: stp x29,x30,[x20,#-8]; mov sp,x20
    return wordAt(code, at - 8) === A64.savePair ? 0 : -1;
  },
  fpSetBytes: (code, at) => (wordAt(code, at) === A64.setFp ? 4 : 0),
  isFpRestored(code, at) {
    const word = wordAt(code, at - 4);
    return word === A64.restoreFp || word === A64.restorePair;
  },
  stackSwitchBytes(code, at) {
    const word = wordAt(code, at);
    return (word & 0xfffffc1f) >>> 0 === A64.moveToSp ? 4 : 0;
  },
  loadsOtherFp: (code, at) => (wordAt(code, at) & 0xffc003ff) >>> 0 === A64.loadFp,
};
