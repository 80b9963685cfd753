// SPDX-License-Identifier: Apache-2.0
//! Memory that is never given back: anonymous mappings, the first made when it is first needed.
//! The application's malloc is never touched. Writable data in this library would save that one
//! call, but the loader would then split its mapping to protect the rest, in every process.
const linux = @import("linux.zig");
const limits = @import("limits.zig");

pub const Arena = struct {
    free: []u8 = &.{},
    mapped_bytes: usize = 0,

    /// Bytes aligned to 8, or null.
    pub fn alloc(self: *Arena, size_bytes: usize) ?[]u8 {
        if (size_bytes > limits.arena_bytes) return null;
        const size = (size_bytes + 7) & ~@as(usize, 7);
        if (self.free.len < size and !self.grow(size)) return null;
        const out = self.free[0..size_bytes];
        self.free = self.free[size..];
        return out;
    }

    /// Gives the unused end of the latest allocation back.
    pub fn shrink(self: *Arena, block: []u8, used_bytes: usize) void {
        const size = (block.len + 7) & ~@as(usize, 7);
        const used = (used_bytes + 7) & ~@as(usize, 7);
        if (used > size or block.ptr + size != self.free.ptr) return;
        self.free = (block.ptr + used)[0 .. size - used + self.free.len];
    }

    pub fn allocSlice(self: *Arena, comptime T: type, count: usize) ?[]T {
        if (count > limits.arena_bytes / @sizeOf(T)) return null;
        const bytes = self.alloc(count * @sizeOf(T)) orelse return null;
        const first: [*]T = @ptrCast(@alignCast(bytes.ptr));
        return first[0..count];
    }

    pub fn create(self: *Arena, comptime T: type, value: T) ?*T {
        const slot = self.allocSlice(T, 1) orelse return null;
        slot[0] = value;
        return &slot[0];
    }

    fn grow(self: *Arena, size_bytes: usize) bool {
        const wanted = @max(limits.chunk_bytes, (size_bytes + 4095) & ~@as(usize, 4095));
        if (self.mapped_bytes + wanted > limits.arena_bytes) return false;
        const memory = linux.mapMemory(wanted) orelse return false;
        self.mapped_bytes += wanted;
        self.free = memory[0..wanted];
        return true;
    }
};

const expect = @import("std").testing.expect;

test "the unused end of an allocation can be used again" {
    var arena = Arena{};
    const a = arena.alloc(1000).?;
    arena.shrink(a, 10);
    const b = arena.alloc(8).?;
    try expect(@intFromPtr(b.ptr) == @intFromPtr(a.ptr) + 16);
}

test "more than the limit is refused" {
    var arena = Arena{};
    try expect(arena.alloc(limits.arena_bytes + 1) == null);
}
