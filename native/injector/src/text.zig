// SPDX-License-Identifier: Apache-2.0
//! Byte strings without an allocator and without anything that can panic.
const Arena = @import("arena.zig").Arena;

pub fn span(s: [*:0]const u8) []const u8 {
    var n: usize = 0;
    while (s[n] != 0) n += 1;
    return s[0..n];
}

pub fn eql(a: []const u8, b: []const u8) bool {
    if (a.len != b.len) return false;
    for (a, b) |x, y| if (x != y) return false;
    return true;
}

pub fn startsWith(s: []const u8, prefix: []const u8) bool {
    return s.len >= prefix.len and eql(s[0..prefix.len], prefix);
}

pub fn endsWith(s: []const u8, suffix: []const u8) bool {
    return s.len >= suffix.len and eql(s[s.len - suffix.len ..], suffix);
}

// The searches return a plain number from one place each, `none` for nothing found: an optional
// would travel through memory at every call and cost a tenth of the library's size.
const none = ~@as(usize, 0);

inline fn optional(i: usize) ?usize {
    return if (i == none) null else i;
}

pub inline fn indexOfByte(s: []const u8, byte: u8) ?usize {
    return optional(firstByte(s, byte));
}

noinline fn firstByte(s: []const u8, byte: u8) usize {
    for (s, 0..) |c, i| if (c == byte) return i;
    return none;
}

pub inline fn lastIndexOfByte(s: []const u8, byte: u8) ?usize {
    return optional(lastByte(s, byte));
}

noinline fn lastByte(s: []const u8, byte: u8) usize {
    var i = s.len;
    while (i > 0) {
        i -= 1;
        if (s[i] == byte) return i;
    }
    return none;
}

pub inline fn indexOf(s: []const u8, needle: []const u8) ?usize {
    return optional(firstOf(s, needle));
}

noinline fn firstOf(s: []const u8, needle: []const u8) usize {
    if (needle.len == 0 or s.len < needle.len) return none;
    var i: usize = 0;
    while (i + needle.len <= s.len) : (i += 1) {
        if (s[i] == needle[0] and eql(s[i .. i + needle.len], needle)) return i;
    }
    return none;
}

pub fn contains(s: []const u8, needle: []const u8) bool {
    return indexOf(s, needle) != null;
}

pub fn isBlank(c: u8) bool {
    return c == ' ' or c == '\t' or c == '\r' or c == '\n' or c == 11 or c == 12;
}

pub fn trim(s: []const u8) []const u8 {
    var a: usize = 0;
    var b = s.len;
    while (a < b and isBlank(s[a])) a += 1;
    while (b > a and isBlank(s[b - 1])) b -= 1;
    return s[a..b];
}

pub fn trimEnd(s: []const u8, byte: u8) []const u8 {
    var b = s.len;
    while (b > 0 and s[b - 1] == byte) b -= 1;
    return s[0..b];
}

pub fn isDigit(c: u8) bool {
    return c >= '0' and c <= '9';
}

pub fn isLetter(c: u8) bool {
    return (c | 0x20) >= 'a' and (c | 0x20) <= 'z';
}

fn lower(c: u8) u8 {
    return if (c >= 'A' and c <= 'Z') c | 0x20 else c;
}

pub fn eqlIgnoringCase(a: []const u8, b: []const u8) bool {
    if (a.len != b.len) return false;
    for (a, b) |x, y| if (lower(x) != lower(y)) return false;
    return true;
}

/// Leading decimal digits; null without any or with more than nine.
pub inline fn leadingNumber(s: []const u8) ?u32 {
    const n = digits(s);
    return if (n == none) null else @truncate(n);
}

noinline fn digits(s: []const u8) usize {
    var value: usize = 0;
    var n: usize = 0;
    while (n < s.len and isDigit(s[n])) : (n += 1) {
        if (n == 9) return none;
        value = value * 10 + (s[n] - '0');
    }
    return if (n == 0) none else value;
}

/// Decimal number that is the whole of `s`.
pub inline fn wholeNumber(s: []const u8) ?u32 {
    return if (isNumber(s)) leadingNumber(s) else null;
}

fn isNumber(s: []const u8) bool {
    for (s) |c| if (!isDigit(c)) return false;
    return true;
}

pub fn basename(path: []const u8) []const u8 {
    const p = trimEnd(path, '/');
    const slash = lastIndexOfByte(p, '/') orelse return p;
    return p[slash + 1 ..];
}

/// Everything before the last '/', or "" when there is none.
pub fn dirname(path: []const u8) []const u8 {
    const p = trimEnd(path, '/');
    const slash = lastIndexOfByte(p, '/') orelse return "";
    return if (slash == 0) p[0..1] else trimEnd(p[0..slash], '/');
}

/// True when `word` is one of the words of a list separated by single spaces.
pub fn inList(list: []const u8, word: []const u8) bool {
    var it = Split{ .rest = list, .separator = ' ' };
    while (it.next()) |w| if (w.len != 0 and eql(w, word)) return true;
    return false;
}

/// The part number `n` of a list, "" past its end. Texts in one string need no relocations.
pub fn nth(list: []const u8, separator: u8, n: usize) []const u8 {
    var it = Split{ .rest = list, .separator = separator };
    var i: usize = 0;
    while (it.next()) |part| : (i += 1) if (i == n) return part;
    return "";
}

/// Parts between separators, empty ones included.
pub const Split = struct {
    rest: ?[]const u8,
    separator: u8,

    pub fn next(self: *Split) ?[]const u8 {
        const s = self.rest orelse return null;
        if (indexOfByte(s, self.separator)) |i| {
            self.rest = s[i + 1 ..];
            return s[0..i];
        }
        self.rest = null;
        return s;
    }
};

/// A string being built in a buffer of fixed size. Too much text sets `overflow` and is dropped.
pub const Buffer = struct {
    bytes: []u8,
    len: usize = 0,
    overflow: bool = false,

    /// Room for `size_bytes` and a terminating zero.
    pub fn init(arena: *Arena, size_bytes: usize) Buffer {
        const bytes = arena.alloc(size_bytes + 1) orelse return .{
            .bytes = &.{},
            .overflow = true,
        };
        return .{ .bytes = bytes };
    }

    pub fn add(self: *Buffer, s: []const u8) void {
        if (self.overflow or self.bytes.len - self.len <= s.len) {
            self.overflow = true;
            return;
        }
        @memcpy(self.bytes[self.len..][0..s.len], s);
        self.len += s.len;
    }

    pub fn addByte(self: *Buffer, c: u8) void {
        const one = [1]u8{c};
        self.add(&one);
    }

    pub fn addNumber(self: *Buffer, value: usize) void {
        var out: [20]u8 = undefined;
        var n: usize = out.len;
        var v = value;
        while (true) {
            n -= 1;
            out[n] = @intCast('0' + v % 10);
            v /= 10;
            if (v == 0) break;
        }
        self.add(out[n..]);
    }

    pub fn addHex(self: *Buffer, value: u64) void {
        var shift: u7 = 64;
        while (shift > 0) {
            shift -= 4;
            self.addByte("0123456789abcdef"[@as(usize, @intCast((value >> @intCast(shift)) & 15))]);
        }
    }

    pub fn text(self: *const Buffer) []const u8 {
        return self.bytes[0..self.len];
    }

    /// Zero-terminated, or null when it did not fit.
    pub fn textZ(self: *Buffer) ?[:0]const u8 {
        if (self.overflow or self.len >= self.bytes.len) return null;
        self.bytes[self.len] = 0;
        return self.bytes[0..self.len :0];
    }
};

/// The parts in a row, zero-terminated; null without memory.
pub fn join(arena: *Arena, parts: []const []const u8) ?[:0]const u8 {
    var total: usize = 0;
    for (parts) |p| total += p.len;
    var b = Buffer.init(arena, total);
    for (parts) |p| b.add(p);
    return b.textZ();
}

const std = @import("std");
const expect = std.testing.expect;

test "basename and dirname" {
    try expect(eql(basename("/usr/bin/node"), "node"));
    try expect(eql(basename("node"), "node"));
    try expect(eql(basename("/opt/app/"), "app"));
    try expect(eql(basename("/"), ""));
    try expect(eql(dirname("/usr/bin/node"), "/usr/bin"));
    try expect(eql(dirname("/node"), "/"));
    try expect(eql(dirname("node"), ""));
}

test "numbers stop at what is not a digit and refuse what is too long" {
    try expect(leadingNumber("17.0.1").? == 17);
    try expect(leadingNumber("x") == null);
    try expect(leadingNumber("99999999999") == null);
    try expect(wholeNumber("8").? == 8);
    try expect(wholeNumber("8x") == null);
}

test "a list matches whole words only" {
    try expect(inList("npm npx", "npx"));
    try expect(!inList("npm npx", "np"));
    try expect(!inList("npm npx", ""));
}

test "a buffer that is too small overflows instead of writing past its end" {
    var arena = Arena{};
    var b = Buffer.init(&arena, 4);
    b.add("abcd");
    try expect(!b.overflow);
    b.addByte('e');
    try expect(b.overflow);
    try expect(b.textZ() == null);
}
