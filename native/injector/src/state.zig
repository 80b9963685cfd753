// SPDX-License-Identifier: Apache-2.0
//! What was decided, written right in front of the environment array that a changed process got:
//! a tool that follows `environ` through /proc/PID/mem finds it 32 bytes below. The layout is a
//! contract, see README.md.
pub const State = extern struct {
    magic: [16]u8 = "otelinject-state".*,
    /// Of this layout.
    version: u32 = 1,
    /// deny.Runtime
    runtime: u8 = 0,
    /// context.Verdict
    verdict: u8 = 0,
    reserved: u16 = 0,
    /// Entries in the array when it was handed over.
    count: u64 = 0,
};

comptime {
    if (@sizeOf(State) != 32 or @offsetOf(State, "count") != 24)
        @compileError("the layout is a contract");
}
