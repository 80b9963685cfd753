// SPDX-License-Identifier: Apache-2.0
//! The root of the library proper: the constructor's landing pad, the notes that keep shadow
//! stacks alive, and the memory functions that the compiler expects.
const builtin = @import("builtin");

comptime {
    _ = @import("root.zig");
    asm (switch (builtin.cpu.arch) {
            // endbr64: the loader's call is indirect. The note (x86-64 psABI, program property)
            // says IBT and SHSTK; without it glibc would switch both off for the whole process.
            .x86_64 =>
            \\.section .text.entry,"ax",@progbits
            \\otel_injector_entry:
            \\  endbr64
            \\  jmp otel_injector_start
            \\.section .init_array,"aw",@init_array
            \\  .balign 8
            \\  .quad otel_injector_entry
            \\.section .note.gnu.property,"a",@note
            \\  .balign 8
            \\  .long 4, 16, 5
            \\  .asciz "GNU"
            \\  .long 0xc0000002, 4, 3, 0
            ,
            // The same for the guarded control stack (AAELF64, GNU_PROPERTY_AARCH64_FEATURE_1_GCS).
            .aarch64 =>
            \\.section .text.entry,"ax",@progbits
            \\otel_injector_entry:
            \\  bti c
            \\  b otel_injector_start
            \\.section .init_array,"aw",@init_array
            \\  .balign 8
            \\  .xword otel_injector_entry
            \\.section .note.gnu.property,"a",@note
            \\  .balign 8
            \\  .long 4, 16, 5
            \\  .asciz "GNU"
            \\  .long 0xc0000000, 4, 4, 0
            ,
            else => @compileError("no entry for this architecture"),
        });
    @export(&memcpy, .{ .name = "memcpy", .visibility = .hidden });
    @export(&memmove, .{ .name = "memmove", .visibility = .hidden });
    @export(&memset, .{ .name = "memset", .visibility = .hidden });
    @export(&memcmp, .{ .name = "memcmp", .visibility = .hidden });
}

// Volatile, so that the compiler does not turn these loops into calls of themselves.

fn memcpy(to: [*]u8, from: [*]const u8, n: usize) callconv(.c) [*]u8 {
    const out: [*]volatile u8 = to;
    var i: usize = 0;
    while (i < n) : (i += 1) out[i] = from[i];
    return to;
}

fn memmove(to: [*]u8, from: [*]const u8, n: usize) callconv(.c) [*]u8 {
    const out: [*]volatile u8 = to;
    if (@intFromPtr(to) <= @intFromPtr(from)) return memcpy(to, from, n);
    var i = n;
    while (i > 0) {
        i -= 1;
        out[i] = from[i];
    }
    return to;
}

fn memset(to: [*]u8, byte: c_int, n: usize) callconv(.c) [*]u8 {
    const out: [*]volatile u8 = to;
    var i: usize = 0;
    while (i < n) : (i += 1) out[i] = @truncate(@as(c_uint, @bitCast(byte)));
    return to;
}

fn memcmp(a: [*]const u8, b: [*]const u8, n: usize) callconv(.c) c_int {
    const first: [*]const volatile u8 = a;
    var i: usize = 0;
    while (i < n) : (i += 1) {
        const d = @as(c_int, first[i]) - @as(c_int, b[i]);
        if (d != 0) return d;
    }
    return 0;
}
