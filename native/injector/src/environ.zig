// SPDX-License-Identifier: Apache-2.0
//! The environment as a list of pointers: ours is a copy with room for additions, and only the
//! C library's pointer is swapped at the end. Only what an unrelated process inherited from an
//! injected parent is taken out where it is, which needs no memory and no system call.
const Arena = @import("arena.zig").Arena;
const State = @import("state.zig").State;
const limits = @import("limits.zig");
const text = @import("text.zig");

pub const Block = struct {
    entries: []?[*:0]const u8,
    len: usize,
    /// Memory for additions; null for the kernel's own array, which can only lose something.
    arena: ?*Arena,
    /// Stands right before `entries`, for tools that look at the process from outside.
    state: ?*State = null,
    changed: bool = false,
    failed: bool = false,

    /// A copy of `source`; null without memory or with absurdly many entries.
    pub fn copyOf(arena: *Arena, source: []const ?[*:0]const u8) ?Block {
        const room = source.len + limits.env_additions + 1;
        const memory = arena.alloc(@sizeOf(State) + room * @sizeOf(usize)) orelse return null;
        const state: *State = @ptrCast(@alignCast(memory.ptr));
        state.* = .{};
        const first: [*]?[*:0]const u8 = @ptrCast(@alignCast(memory.ptr + @sizeOf(State)));
        const entries = first[0..room];
        @memcpy(entries[0..source.len], source);
        return .{ .entries = entries, .len = source.len, .arena = arena, .state = state };
    }

    /// The array that the kernel made, to be changed where it is.
    pub fn inPlace(entries: []?[*:0]const u8) Block {
        return .{ .entries = entries, .len = entries.len, .arena = null };
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
        const arena = self.arena orelse {
            self.failed = true;
            return false;
        };
        if (size > limits.env_entry_bytes or (at == null and self.len + 1 >= self.entries.len)) {
            self.failed = true;
            return false;
        }
        var b = text.Buffer.init(arena, size);
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
        self.changed = true;
        self.len -= 1;
        if (self.arena == null) return self.removeInPlace(at);
        var i = at;
        while (i < self.len) : (i += 1) self.entries[i] = self.entries[i + 1];
    }

    /// The entry moves to the front and the array begins behind it: who walks from the arguments
    /// to the auxiliary vector (Go does, after constructors have run) still gets there.
    fn removeInPlace(self: *Block, at: usize) void {
        const removed = self.entries[at];
        var i = at;
        while (i > 0) : (i -= 1) self.entries[i] = self.entries[i - 1];
        self.entries[0] = removed;
        self.entries = self.entries[1..];
    }

    /// Takes `value[start..end]` out of the first entry of that name.
    pub fn cut(self: *Block, name: []const u8, start: usize, end: usize) void {
        const value = self.get(name) orelse return;
        if (self.arena != null) {
            _ = self.set(name, &.{ value[0..start], value[end..] });
            return;
        }
        self.changed = true;
        const bytes = @constCast(value.ptr)[0..value.len];
        const kept = start + (value.len - end);
        for (bytes[start..kept], bytes[end..]) |*to, from| to.* = from;
        @memset(bytes[kept..], 0);
    }

    /// The array to hand to the C library.
    pub fn finish(self: *Block) [*:null]?[*:0]const u8 {
        if (self.arena != null) self.entries[self.len] = null;
        return @ptrCast(self.entries.ptr);
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
    var arena = Arena{};
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

test "in place: the array starts later, strings shrink, the end stays where it was" {
    var a = "A=1".*;
    var b = "B=xx-yy-zz".*;
    var c = "C=3".*;
    var array = [_]?[*:0]const u8{ &a, &b, &c, null };
    var block = Block.inPlace(array[0..3]);
    block.remove("C");
    block.cut("B", 2, 5);
    try expect(text.eql(block.get("B").?, "xx-zz"));
    try expect(block.len == 2 and block.finish() == array[1..3 :null].ptr);
    try expect(array[0].? == &c and array[1].? == &a and array[2].? == &b and array[3] == null);
    try expect(!block.set("D", &.{"4"}) and block.failed);
}

test "an entry that execve would refuse is not made" {
    var arena = Arena{};
    var b = Block.copyOf(&arena, &.{}).?;
    const long: [limits.env_entry_bytes]u8 = @splat('x');
    try expect(!b.set("A", &.{&long}));
    try expect(b.failed and !b.changed and b.len == 0);
}
