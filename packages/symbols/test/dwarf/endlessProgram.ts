// SPDX-License-Identifier: Apache-2.0
// 20,000 units that hold the same address and share one line program of 200,000 rows, none of which
// is of that address: 750 KB that stand for four thousand million rows.

/** For the assembler (DWARF 4 §7.5.1.1, §6.2.4). */
export const ENDLESS_ASSEMBLY = `
        .text
        .globl f
        .type f, @function
f:      .fill 16, 1, 0x90
        .size f, 16
        .section .debug_abbrev,"",@progbits
        .byte 1, 0x11, 0, 0x10, 0x17, 0x11, 0x01, 0x12, 0x07, 0, 0, 0
        .section .debug_info,"",@progbits
        .rept 20000
        .long 28
        .short 4
        .long 0
        .byte 8, 1
        .long 0
        .quad f, 16
        .endr
        .section .debug_line,"",@progbits
        .long end - start
start:  .short 4
        .long program - header
header: .byte 1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1
        .byte 0, 'a', 0, 0, 0, 0, 0
program: .byte 0, 9, 2
        .quad 0x10000000
        .fill 200000, 1, 1
        .byte 2, 1, 0, 1, 1
end:
        .section .note.GNU-stack,"",@progbits
`;
