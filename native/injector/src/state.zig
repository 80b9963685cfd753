// SPDX-License-Identifier: Apache-2.0
//! What was decided, kept in this library's writable data where a tool finds it through
//! /proc/PID/maps and /proc/PID/mem. A process left alone never writes here: its page stays that
//! of the file. Offsets are part of the contract; see README.md.
const limits = @import("limits.zig");

pub const State = extern struct {
    magic: [16]u8,
    /// Of this layout.
    version: u32,
    /// deny.Runtime
    runtime: u8,
    /// context.Verdict
    verdict: u8,
    reserved: u16,
    /// Address of the array handed to the C library, 0 when it was not changed.
    environ: u64,
    /// Entries in that array.
    count: u32,
    reserved2: u32,
};

pub const Data = extern struct {
    state: State align(64),
    scratch: [limits.scratch_bytes - @sizeOf(State)]u8 align(8),
};

comptime {
    const offset = @offsetOf(State, "environ");
    if (offset != 24 or @sizeOf(State) != 40) @compileError("the layout of State is a contract");
}
