// SPDX-License-Identifier: Apache-2.0
//! The bytes of /etc/ld.so.preload. glibc (elf/rtld.c, do_preload): `#` starts a comment that ends
//! with its line; entries are separated by spaces, tabs, newlines and colons.
const std = @import("std");

const file_name = "/libotelinject.so";
const folder = "/opentelemetry/injector/";

/// A file of ours, by whichever prefix it was installed.
pub fn isOurs(entry: []const u8) bool {
    return std.mem.endsWith(u8, entry, file_name) and std.mem.indexOf(u8, entry, folder) != null;
}

pub const Range = struct { start: usize, end: usize };

/// The first entry of ours at or after `from`, outside comments.
pub fn nextOwn(bytes: []const u8, from: usize) ?Range {
    var at = from;
    while (at < bytes.len) {
        if (bytes[at] == '#') {
            at = endOfLine(bytes, at);
            continue;
        }
        if (isSeparator(bytes[at])) {
            at += 1;
            continue;
        }
        const start = at;
        while (at < bytes.len and !isSeparator(bytes[at]) and bytes[at] != '#') at += 1;
        if (isOurs(bytes[start..at])) return .{ .start = start, .end = at };
    }
    return null;
}

/// Takes all entries of ours out, in place, and returns what is left. A line that held nothing
/// else goes as a whole.
pub fn removeOwn(bytes: []u8) []u8 {
    var rest = bytes;
    var from: usize = 0;
    while (nextOwn(rest, from)) |entry| {
        const range = removable(rest, entry);
        std.mem.copyForwards(u8, rest[range.start..], rest[range.end..]);
        rest = rest[0 .. rest.len - (range.end - range.start)];
        from = range.start;
    }
    return rest;
}

pub fn isBlank(bytes: []const u8) bool {
    for (bytes) |byte| if (!isSeparator(byte) and byte != '\r') return false;
    return true;
}

fn removable(bytes: []const u8, entry: Range) Range {
    var line_start = entry.start;
    while (line_start > 0 and bytes[line_start - 1] != '\n') line_start -= 1;
    const line_end = endOfLine(bytes, entry.end);
    const is_first = isBlank(bytes[line_start..entry.start]);
    const is_last = isBlank(bytes[entry.end..line_end]);
    if (is_first and is_last) return .{ .start = line_start, .end = @min(line_end + 1, bytes.len) };
    var range = entry;
    while (range.end < line_end and isSeparator(bytes[range.end])) range.end += 1;
    if (range.end < line_end) return range;
    range.end = entry.end;
    while (range.start > line_start and isSeparator(bytes[range.start - 1])) range.start -= 1;
    return range;
}

fn isSeparator(byte: u8) bool {
    return byte == ' ' or byte == '\t' or byte == '\n' or byte == ':';
}

fn endOfLine(bytes: []const u8, from: usize) usize {
    var at = from;
    while (at < bytes.len and bytes[at] != '\n') at += 1;
    return at;
}

const ours = "/usr/lib/opentelemetry/injector/$LIB/libotelinject.so";

fn expectRest(comptime before: []const u8, after: []const u8) !void {
    var bytes: [before.len]u8 = before[0..before.len].*;
    try std.testing.expectEqualStrings(after, removeOwn(&bytes));
}

test "only our entries go" {
    try expectRest(ours ++ "\n", "");
    try expectRest(ours, "");
    try expectRest("# c\n/a.so\n" ++ ours ++ "\n/b.so", "# c\n/a.so\n/b.so");
    try expectRest("/a.so " ++ ours ++ ":/b.so\n", "/a.so /b.so\n");
    try expectRest("/a.so:" ++ ours ++ "\n", "/a.so\n");
    try expectRest(" " ++ ours ++ " " ++ ours ++ " # why\n/x.so\n", " # why\n/x.so\n");
    try expectRest("# " ++ ours ++ "\n", "# " ++ ours ++ "\n");
    try expectRest("/opt/libotelinject.so\n/a.so#" ++ ours ++ "\n", "/opt/libotelinject.so\n/a.so#" ++ ours ++ "\n");
    try expectRest("", "");
}

test "any bytes end, and nothing of ours is left" {
    var random = std.Random.DefaultPrng.init(11);
    const r = random.random();
    const words = [_][]const u8{ ours, "/a.so", " ", "\t", "\n", ":", "#", "\xff", "\r", "x" };
    var round: usize = 0;
    while (round < 20000) : (round += 1) {
        var bytes: [2048]u8 = undefined;
        var n: usize = 0;
        var count = r.uintLessThan(usize, 24);
        while (count > 0) : (count -= 1) {
            const word = words[r.uintLessThan(usize, words.len)];
            @memcpy(bytes[n .. n + word.len], word);
            n += word.len;
        }
        const rest = removeOwn(bytes[0..n]);
        try std.testing.expect(rest.len <= n);
        try std.testing.expect(nextOwn(rest, 0) == null);
    }
}
