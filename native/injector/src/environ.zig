// SPDX-License-Identifier: Apache-2.0
//! The environment as a list of pointers: ours is a copy with room for additions, and only the
//! C library's pointer is swapped at the end. The initial stack is never written: programs find
//! the auxiliary vector by walking over it (Go does, after constructors have run).
const Arena = @import("arena.zig").Arena;
const limits = @import("limits.zig");
const text = @import("text.zig");

pub const Block = struct {
    entries: []?[*:0]const u8,
    len: usize,
    arena: *Arena,
    changed: bool = false,
    failed: bool = false,

    /// A copy of `source`; null without memory or with absurdly many entries.
    pub fn copyOf(arena: *Arena, source: []const ?[*:0]const u8) ?Block {
        const room = source.len + limits.env_additions + 1;
        const entries = arena.allocSlice(?[*:0]const u8, room) orelse return null;
        @memcpy(entries[0..source.len], source);
        return .{ .entries = entries, .len = source.len, .arena = arena };
    }

    fn find(self: *const Block, name: []const u8) ?usize {
        for (self.entries[0..self.len], 0..) |entry, i| {
            if (valueIn(entry.?, name) != null) return i;
        }
        return null;
    }

    /// As getenv(3): the first entry of that name.
    pub fn get(self: *const Block, name: []const u8) ?[]const u8 {
        const i = self.find(name) orelse return null;
        return text.span(valueIn(self.entries[i].?, name).?);
    }

    pub fn has(self: *const Block, name: []const u8) bool {
        return self.find(name) != null;
    }

    /// A value that is there and not empty.
    pub fn nonEmpty(self: *const Block, name: []const u8) ?[]const u8 {
        const v = self.get(name) orelse return null;
        return if (v.len == 0) null else v;
    }

    /// Replaces the first entry of that name or adds one. Too long for the next execve, or no
    /// memory: nothing changes and false comes back.
    pub fn set(self: *Block, name: []const u8, parts: []const []const u8) bool {
        var size = name.len + 1;
        for (parts) |p| size += p.len;
        const at = self.find(name);
        if (size > limits.env_entry_bytes or (at == null and self.len + 1 >= self.entries.len)) {
            self.failed = true;
            return false;
        }
        var b = text.Buffer.init(self.arena, size);
        b.add(name);
        b.addByte('=');
        for (parts) |p| b.add(p);
        const entry = b.textZ() orelse {
            self.failed = true;
            return false;
        };
        if (at) |i| {
            self.entries[i] = entry.ptr;
        } else {
            self.entries[self.len] = entry.ptr;
            self.len += 1;
        }
        self.changed = true;
        return true;
    }

    pub fn remove(self: *Block, name: []const u8) void {
        const at = self.find(name) orelse return;
        var i = at;
        while (i + 1 < self.len) : (i += 1) self.entries[i] = self.entries[i + 1];
        self.len -= 1;
        self.changed = true;
    }

    /// The array to hand to the C library.
    pub fn finish(self: *Block) [*:null]?[*:0]const u8 {
        self.entries[self.len] = null;
        return self.entries[0..self.len :null].ptr;
    }
};

/// The value when `entry` is "name=value".
pub fn valueIn(entry: [*:0]const u8, name: []const u8) ?[*:0]const u8 {
    var i: usize = 0;
    while (i < name.len) : (i += 1) {
        // Also ends at the terminator, since no name contains a zero.
        if (entry[i] != name[i]) return null;
    }
    return if (entry[i] == '=') entry + i + 1 else null;
}

const expect = @import("std").testing.expect;

test "set replaces the first of a name, adds what is new, and keeps what it does not know" {
    var arena = Arena.forTest();
    const source = [_]?[*:0]const u8{ "NOEQUALS", "", "A=1", "A=2", "=X=Y" };
    var b = Block.copyOf(&arena, &source).?;
    try expect(b.set("A", &.{ "3", "4" }));
    try expect(b.set("B", &.{}));
    try expect(text.eql(b.get("A").?, "34"));
    try expect(b.get("B").?.len == 0);
    try expect(b.nonEmpty("B") == null);
    try expect(!b.has("NOEQUALS"));
    try expect(b.len == 6);
    b.remove("A");
    try expect(text.eql(b.get("A").?, "2"));
    const out = b.finish();
    try expect(out[5] == null);
    try expect(text.eql(text.span(out[3].?), "=X=Y"));
}

test "an entry that execve would refuse is not made" {
    var arena = Arena.forTest();
    var b = Block.copyOf(&arena, &.{}).?;
    const long: [limits.env_entry_bytes]u8 = @splat('x');
    try expect(!b.set("A", &.{&long}));
    try expect(b.failed and !b.changed and b.len == 0);
}
