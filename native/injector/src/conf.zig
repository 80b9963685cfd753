// SPDX-License-Identifier: Apache-2.0
//! Lines of `KEY=VALUE`, as in the configuration and the agents' default environment.
//! '#' outside quotes starts a comment. Quotes work as in a shell: '...' is literal, in "..." a
//! backslash escapes `"`, `\`, `$` and '`'. Outside quotes a backslash escapes a blank, a quote,
//! '#' and itself. Blanks around keys and values are dropped.
const text = @import("text.zig");

pub const Line = struct {
    key: []const u8,
    value: []const u8,
    /// 1-based.
    number: usize,
    /// No '=', no key, an unterminated quote.
    damaged: bool = false,
};

pub const Lines = struct {
    /// Unquoting happens in place, so this must be the caller's to change.
    rest: []u8,
    number: usize = 0,

    pub fn init(source: []u8) Lines {
        const bom = "\xef\xbb\xbf";
        return .{ .rest = if (text.startsWith(source, bom)) source[bom.len..] else source };
    }

    pub fn next(self: *Lines) ?Line {
        while (self.rest.len > 0) {
            self.number += 1;
            const end = text.indexOfByte(self.rest, '\n') orelse self.rest.len;
            const line = self.rest[0..end];
            self.rest = self.rest[@min(end + 1, self.rest.len)..];
            if (parse(line, self.number)) |l| return l;
        }
        return null;
    }
};

fn parse(line: []u8, number: usize) ?Line {
    const trimmed = text.trim(line);
    if (trimmed.len == 0 or trimmed[0] == '#') return null;
    const equals = text.indexOfByte(line, '=') orelse
        return .{ .key = trimmed, .value = "", .number = number, .damaged = true };
    const key = text.trim(line[0..equals]);
    const value = unquote(line[equals + 1 ..]);
    return .{
        .key = key,
        .value = value orelse "",
        .number = number,
        .damaged = value == null or key.len == 0,
    };
}

/// Null for an unterminated quote.
fn unquote(s: []u8) ?[]const u8 {
    var in: usize = 0;
    while (in < s.len and text.isBlank(s[in])) in += 1;
    const out_start = in;
    var out = in;
    var keep = in; // end of what trailing blanks may not be cut from
    var quote: u8 = 0;
    while (in < s.len) : (in += 1) {
        const c = s[in];
        if (quote == 0 and c == '#') break;
        if (quote == 0 and (c == '"' or c == '\'')) {
            quote = c;
            keep = out;
            continue;
        }
        if (quote != 0 and c == quote) {
            quote = 0;
            keep = out;
            continue;
        }
        if (c == '\\' and in + 1 < s.len and isEscapable(s[in + 1], quote)) {
            in += 1;
            s[out] = s[in];
            out += 1;
            keep = out;
            continue;
        }
        s[out] = c;
        out += 1;
    }
    if (quote != 0) return null;
    while (out > keep and text.isBlank(s[out - 1])) out -= 1;
    return s[out_start..out];
}

fn isEscapable(c: u8, quote: u8) bool {
    return switch (quote) {
        '\'' => false,
        '"' => c == '"' or c == '\\' or c == '$' or c == '`',
        else => c == ' ' or c == '\t' or c == '"' or c == '\'' or c == '#' or c == '\\',
    };
}

pub fn isTrue(s: []const u8) bool {
    const t = text.trim(s);
    return text.eqlIgnoringCase(t, "true") or text.eqlIgnoringCase(t, "t") or
        text.eqlIgnoringCase(t, "yes") or text.eqlIgnoringCase(t, "on") or text.eql(t, "1");
}

const std = @import("std");
const expect = std.testing.expect;

fn valueOf(comptime source: []const u8) ![]const u8 {
    const S = struct {
        var bytes: [source.len]u8 = undefined;
    };
    S.bytes = source[0..source.len].*;
    var lines = Lines.init(&S.bytes);
    const l = lines.next() orelse return error.NoLine;
    return if (l.damaged) error.Damaged else l.value;
}

test "quotes, comments and blanks" {
    const eq = std.testing.expectEqualStrings;
    try eq("value", try valueOf("key = value  # comment\n"));
    try eq("a # b", try valueOf("key='a # b'"));
    try eq("a b", try valueOf("key=\"a b\"   "));
    try eq("a\"b\\n", try valueOf("key=\"a\\\"b\\n\""));
    try eq("ab c", try valueOf("key=a'b c'"));
    try eq(" x ", try valueOf("key=' x '"));
    try eq("/a b/c", try valueOf("key=/a\\ b/c"));
    try eq("", try valueOf("key="));
    try eq("", try valueOf("key=#x"));
    try eq("a=b", try valueOf("key=a=b\r\n"));
    try eq("v", try valueOf("\xef\xbb\xbfkey=v"));
}

test "what is damaged is said to be" {
    try std.testing.expectError(error.Damaged, valueOf("key='x"));
    try std.testing.expectError(error.Damaged, valueOf("key"));
    try std.testing.expectError(error.Damaged, valueOf("=x"));
    try std.testing.expectError(error.NoLine, valueOf("# only\n\n  \n"));
}

test "line numbers count every line" {
    var bytes = "\n# c\na=1\n\nb=2".*;
    var lines = Lines.init(&bytes);
    try expect(lines.next().?.number == 3);
    try expect(lines.next().?.number == 5);
    try expect(lines.next() == null);
}

test "any bytes end in lines or nothing, within the source" {
    var random = std.Random.DefaultPrng.init(7);
    const r = random.random();
    const alphabet = "aK=#\"'\\ \t\r\n*,?\x00\xff";
    var round: usize = 0;
    while (round < 20000) : (round += 1) {
        var bytes: [64]u8 = undefined;
        const n = r.uintLessThan(usize, bytes.len + 1);
        for (bytes[0..n]) |*b| b.* = alphabet[r.uintLessThan(usize, alphabet.len)];
        var lines = Lines.init(bytes[0..n]);
        var count: usize = 0;
        while (lines.next()) |l| {
            count += 1;
            try expect(l.key.len + l.value.len <= n);
        }
        try expect(count <= n + 1);
    }
}
