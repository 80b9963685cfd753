// SPDX-License-Identifier: Apache-2.0
// Frames that compilers seldom make. Each stub builds one and spins in it; its unwind rule is written
// by hand in the test.
  .macro stub name
  .globl \name
  .type \name, @function
\name:
  .endm
  .macro end name
  .size \name, . - \name
  .endm

  .text

// Like an entry of .plt: behind byte 11 of 16 one more word is on the stack.
  .balign 16
  stub stub_plt
  .skip 8, 0x90
  push $7
  jmp .
  end stub_plt

// The caller's SP is in the word at SP + 8.
  .balign 16
  stub stub_deref_sp
  lea 8(%rsp), %rax
  sub $64, %rsp
  mov %rax, 8(%rsp)
  jmp .
  end stub_deref_sp

// The caller's SP + 8 is in the word at FP - 8; FP is saved at FP.
  .balign 16
  stub stub_deref_fp
  lea 8(%rsp), %rax
  push %rbp
  mov %rsp, %rbp
  push %rax
  sub $256, %rsp
  jmp .
  end stub_deref_fp

// CFA = r10 + 16, return address at CFA - 8, FP overwritten and saved at CFA - 24.
  .balign 16
  stub stub_register
  lea -8(%rsp), %r10
  mov %rbp, -16(%rsp)
  sub $512, %rsp
  xor %ebp, %ebp
  jmp .
  end stub_register

// CFA = SP + 8, return address in rdx.
  .balign 16
  stub stub_return_register
  mov (%rsp), %rdx
  movq $0, (%rsp)
  jmp .
  end stub_return_register

  .section .note.GNU-stack, "", @progbits
