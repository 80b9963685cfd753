// SPDX-License-Identifier: Apache-2.0
//! Reading small files without ever blocking, consuming a pipe, or trusting a size.
const Arena = @import("arena.zig").Arena;
const limits = @import("limits.zig");
const linux = @import("linux.zig");
const text = @import("text.zig");

pub const Text = union(enum) {
    /// No such file.
    missing,
    /// There, but not to be had: no permission, not a regular file, too large, binary.
    unreadable,
    /// The bytes, ours to change.
    bytes: []u8,
};

/// The whole file in three calls: open, pread, close. A file larger than the first buffer, or
/// without a final newline, costs a few more.
pub fn readText(arena: *Arena, path: [*:0]const u8, max_bytes: usize) Text {
    const fd = linux.open(path);
    if (fd < 0) return if (fd == -linux.ENOENT or fd == -linux.ENOTDIR) .missing else .unreadable;
    defer linux.close(fd);
    const bytes = readAll(arena, fd, max_bytes) orelse return .unreadable;
    if (text.indexOfByte(bytes, 0) != null) return .unreadable;
    return .{ .bytes = bytes };
}

fn readAll(arena: *Arena, fd: isize, max_bytes: usize) ?[]u8 {
    const first = arena.alloc(limits.first_read_bytes) orelse return null;
    const got = linux.pread(fd, first, 0);
    if (got < 0) return null;
    const n: usize = @intCast(got);
    if (n == 0 or (n < first.len and first[n - 1] == '\n')) {
        arena.shrink(first, n);
        return first[0..n];
    }
    if (n < first.len) {
        if (linux.pread(fd, first[n..], n) != 0) return null;
        arena.shrink(first, n);
        return first[0..n];
    }
    return readLarge(arena, fd, max_bytes);
}

fn readLarge(arena: *Arena, fd: isize, max_bytes: usize) ?[]u8 {
    const s = linux.fstat(fd) orelse return null;
    if (s.kind() != .regular or s.size_bytes > max_bytes) return null;
    const all = arena.alloc(s.size_bytes + 1) orelse return null;
    var n: usize = 0;
    while (n < all.len) {
        const got = linux.pread(fd, all[n..], n);
        if (got < 0) return null;
        if (got == 0) return all[0..n];
        n += @intCast(got);
    }
    return null; // it grew while it was read
}

/// A regular file of at least that size that this process may read. One call where everybody
/// may; with narrower permissions, and with access lists, the kernel is asked too.
pub fn isUsable(path: [*:0]const u8, least_bytes: usize) bool {
    const s = linux.stat(path) orelse return false;
    if (s.kind() != .regular or s.size_bytes < least_bytes) return false;
    return s.mode & 0o444 == 0o444 or linux.isReadable(path);
}

/// A directory whose files this process may reach.
pub fn isUsableDirectory(path: [*:0]const u8) bool {
    const s = linux.stat(path) orelse return false;
    if (s.kind() != .directory) return false;
    return s.mode & 0o555 == 0o555 or linux.isSearchable(path);
}

/// Target of /proc/self/exe; null without /proc or when the path is too long to be trusted.
pub fn executable(arena: *Arena) ?[]const u8 {
    const buffer = arena.alloc(limits.path_bytes) orelse return null;
    const n = linux.readlink("/proc/self/exe", buffer);
    if (n <= 0 or n >= buffer.len) return null;
    const used: usize = @intCast(n);
    arena.shrink(buffer, used);
    return buffer[0..used];
}

/// Names ending in ".conf" in a directory, sorted by bytes. Symbolic links count (a Kubernetes
/// ConfigMap consists of them), hidden names do not.
pub fn dropIns(arena: *Arena, path: [*:0]const u8) union(enum) { missing, unreadable, names: [][:0]const u8 } {
    const fd = linux.openDirectory(path);
    if (fd < 0) return if (fd == -linux.ENOENT or fd == -linux.ENOTDIR) .missing else .unreadable;
    defer linux.close(fd);
    const list = arena.allocSlice([:0]const u8, limits.drop_ins) orelse return .unreadable;
    const records = arena.alloc(4096) orelse return .unreadable;
    var count: usize = 0;
    var rounds: usize = 0;
    while (rounds < limits.drop_ins) : (rounds += 1) {
        const got = linux.getdents(fd, records);
        if (got < 0) return .unreadable;
        if (got == 0) {
            sort(list[0..count]);
            return .{ .names = list[0..count] };
        }
        count = collect(arena, records[0..@intCast(got)], list, count) orelse return .unreadable;
    }
    return .unreadable;
}

/// struct linux_dirent64: d_reclen at 16, d_name at 19.
fn collect(arena: *Arena, records: []const u8, list: [][:0]const u8, start: usize) ?usize {
    var count = start;
    var at: usize = 0;
    while (at + 19 < records.len) {
        const size = @as(usize, records[at + 16]) | @as(usize, records[at + 17]) << 8;
        if (size < 20 or at + size > records.len) return null;
        const field = records[at + 19 .. at + size];
        const name = field[0 .. text.indexOfByte(field, 0) orelse return null];
        at += size;
        if (name.len == 0 or name[0] == '.' or !text.endsWith(name, ".conf")) continue;
        if (count == list.len) return null;
        list[count] = text.join(arena, &.{name}) orelse return null;
        count += 1;
    }
    return count;
}

fn sort(names: [][:0]const u8) void {
    for (names, 0..) |name, i| {
        var k = i;
        while (k > 0 and isLess(name, names[k - 1])) : (k -= 1) names[k] = names[k - 1];
        names[k] = name;
    }
}

fn isLess(a: []const u8, b: []const u8) bool {
    const n = @min(a.len, b.len);
    for (a[0..n], b[0..n]) |x, y| if (x != y) return x < y;
    return a.len < b.len;
}

const std = @import("std");
const expect = std.testing.expect;

test "reads what is a file and refuses what is not" {
    var arena = Arena{};
    try expect(readText(&arena, "/no/such/file", 10) == .missing);
    try expect(readText(&arena, "/etc/passwd/x", 10) == .missing);
    try expect(readText(&arena, "/", 10) == .unreadable);
    try expect(readText(&arena, "/dev/zero", 100) == .unreadable);
    try expect(readText(&arena, "/dev/null", 100).bytes.len == 0);
    try expect(readText(&arena, "/proc/self/status", 100000).bytes.len > 10);
}

test "files, directories and what is neither" {
    try expect(isUsable("/bin/sh", 1));
    try expect(!isUsable("/bin/sh", 1 << 40));
    try expect(!isUsable("/", 0));
    try expect(!isUsable("/dev/null", 0));
    try expect(!isUsable("/proc/self/mounts/x", 0));
    try expect(isUsableDirectory("/"));
    try expect(!isUsableDirectory("/bin/sh"));
}

test "sorts by bytes" {
    var names = [_][:0]const u8{ "b.conf", "10.conf", "a.conf", "9.conf", "a" };
    sort(&names);
    try std.testing.expectEqualStrings("10.conf", names[0]);
    try std.testing.expectEqualStrings("a", names[2]);
    try std.testing.expectEqualStrings("b.conf", names[4]);
}
