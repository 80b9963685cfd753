// SPDX-License-Identifier: Apache-2.0
//! OTEL_INJECTOR_APPLIED: what this library added to an environment, so that a process that
//! inherits it can take exactly that out again, in memory. Without it a child of an injected
//! shell could not tell the parent's additions from the user's own settings.
//!
//!   1;<op><was>NAME:LENGTH:DATA;...
//!   op   s = the whole value is ours, DATA is the FNV-1a 64 hash of it in hex
//!        p = DATA stands in front of the value,  a = DATA stands at its end
//!   was  n = the variable was not there before,  e = it was
const Arena = @import("arena.zig").Arena;
const Block = @import("environ.zig").Block;
const limits = @import("limits.zig");
const text = @import("text.zig");

pub const variable = "OTEL_INJECTOR_APPLIED";
const version = "1;";

pub const Op = enum(u8) { set = 's', prepend = 'p', append = 'a' };

/// Builds the record while the changes are made.
pub const Recorder = struct {
    arena: *Arena,
    buffer: text.Buffer,
    empty: bool = true,

    pub fn init(arena: *Arena) Recorder {
        var r = Recorder{ .arena = arena, .buffer = text.Buffer.init(arena, 768) };
        r.buffer.add(version);
        return r;
    }

    fn makeRoom(self: *Recorder, size_bytes: usize) void {
        const b = &self.buffer;
        if (b.overflow or b.len + size_bytes < b.bytes.len) return;
        const wanted = @min(2 * (b.len + size_bytes), limits.applied_bytes);
        var larger = text.Buffer.init(self.arena, wanted);
        larger.add(b.text());
        self.buffer = larger;
    }

    pub fn note(self: *Recorder, op: Op, existed: bool, name: []const u8, data: []const u8) void {
        self.makeRoom(name.len + data.len + 32);
        const b = &self.buffer;
        self.empty = false;
        b.addByte(@as(u8, switch (op) {
            .set => 's',
            .prepend => 'p',
            .append => 'a',
        }));
        b.addByte(if (existed) 'e' else 'n');
        b.add(name);
        b.addByte(':');
        b.addNumber(if (op == .set) 16 else data.len);
        b.addByte(':');
        if (op == .set) b.addHex(hash(data)) else b.add(data);
        b.addByte(';');
    }
};

pub fn hash(bytes: []const u8) u64 {
    var h: u64 = 0xcbf29ce484222325;
    for (bytes) |c| h = (h ^ c) *% 0x100000001b3;
    return h;
}

/// Takes what the record lists out of the block, then the record itself. An environment can hold
/// a name more than once; of ours none may stay.
pub fn undo(block: *Block) void {
    var rounds: usize = 0;
    while (rounds < limits.env_additions) : (rounds += 1) {
        undoRecord(block, block.get(variable) orelse return);
        block.remove(variable);
    }
}

fn undoRecord(block: *Block, record: []const u8) void {
    if (record.len <= limits.applied_bytes and text.startsWith(record, version)) {
        var rest = record[version.len..];
        var count: usize = 0;
        while (count < limits.env_additions) : (count += 1) {
            const e = parseEntry(rest) orelse break;
            undoOne(block, e);
            rest = rest[e.size..];
        }
    }
}

const Entry = struct { op: Op, existed: bool, name: []const u8, data: []const u8, size: usize };

fn parseEntry(s: []const u8) ?Entry {
    if (s.len < 6) return null;
    const op: Op = switch (s[0]) {
        's' => .set,
        'p' => .prepend,
        'a' => .append,
        else => return null,
    };
    const name_length = text.indexOfByte(s[2..], ':') orelse return null;
    const after_name = s[2 + name_length + 1 ..];
    const digits = text.indexOfByte(after_name, ':') orelse return null;
    const length = text.wholeNumber(after_name[0..digits]) orelse return null;
    const start = 2 + name_length + 1 + digits + 1;
    if (name_length == 0 or length > s.len or start + length >= s.len) return null;
    if (s[start + length] != ';') return null;
    return .{
        .op = op,
        .existed = s[1] == 'e',
        .name = s[2..][0..name_length],
        .data = s[start..][0..length],
        .size = start + length + 1,
    };
}

fn undoOne(block: *Block, e: Entry) void {
    const value = block.get(e.name) orelse return;
    if (e.op == .set) {
        if (hashIs(value, e.data)) block.remove(e.name);
        return;
    }
    const at = locate(value, e) orelse return;
    const before = value[0..at];
    var after = value[at + e.data.len ..];
    const sep = separatorOf(e.name);
    // Our piece joined what the program added behind it later.
    if (after.len > 0 and after[0] == sep and (before.len == 0 or before[before.len - 1] == sep) and
        e.data[e.data.len - 1] != sep) after = after[1..];
    if (before.len + after.len == 0 and !e.existed) return block.remove(e.name);
    block.cut(e.name, at, value.len - after.len);
}

fn hashIs(value: []const u8, hex: []const u8) bool {
    var digits: [17]u8 = undefined;
    var b = text.Buffer{ .bytes = &digits };
    b.addHex(hash(value));
    return text.eql(b.text(), hex);
}

/// Where our piece stands as whole words: in front where we put it there, else at the end.
fn locate(value: []const u8, e: Entry) ?usize {
    if (e.data.len == 0 or e.data.len > value.len) return null;
    const last = value.len - e.data.len;
    var k: usize = 0;
    while (k <= last) : (k += 1) {
        const at = if (e.op == .prepend) k else last - k;
        if (text.eql(value[at..][0..e.data.len], e.data) and isWhole(value, at, e)) return at;
    }
    return null;
}

fn isWhole(value: []const u8, at: usize, e: Entry) bool {
    const sep = separatorOf(e.name);
    const end = at + e.data.len;
    const starts = at == 0 or value[at - 1] == sep or e.data[0] == sep;
    const ends = end == value.len or value[end] == sep or e.data[e.data.len - 1] == sep;
    return starts and ends;
}

fn separatorOf(name: []const u8) u8 {
    if (text.eql(name, "PYTHONPATH")) return ':';
    if (text.eql(name, "OTEL_RESOURCE_ATTRIBUTES")) return ',';
    return ' ';
}

const expect = @import("std").testing.expect;

fn undone(arena: *Arena, entries: []const ?[*:0]const u8) Block {
    var b = Block.copyOf(arena, entries).?;
    undo(&b);
    return b;
}

test "pieces and whole values are taken out, the user's own stay" {
    var arena = Arena{};
    var r = Recorder.init(&arena);
    r.note(.prepend, true, "NODE_OPTIONS", "--require /a.js ");
    r.note(.append, true, "OTEL_RESOURCE_ATTRIBUTES", ",k=v");
    r.note(.set, false, "OTEL_PROPAGATORS", "b3");
    r.note(.set, false, "OTEL_CHANGED", "ours");
    r.note(.append, false, "JAVA_TOOL_OPTIONS", "-javaagent:/a.jar");
    const record = text.join(&arena, &.{ variable, "=", r.buffer.text() }).?;
    var b = undone(&arena, &.{
        "NODE_OPTIONS=--require /a.js --inspect",      record.ptr,
        "OTEL_RESOURCE_ATTRIBUTES=x=1,k=v",            "OTEL_PROPAGATORS=b3",
        "OTEL_CHANGED=theirs",                         "KEEP=1",
        "JAVA_TOOL_OPTIONS=-javaagent:/a.jar -Dlater",
    });
    try expect(text.eql(b.get("NODE_OPTIONS").?, "--inspect"));
    try expect(text.eql(b.get("OTEL_RESOURCE_ATTRIBUTES").?, "x=1"));
    try expect(text.eql(b.get("OTEL_CHANGED").?, "theirs"));
    try expect(text.eql(b.get("JAVA_TOOL_OPTIONS").?, "-Dlater"));
    try expect(!b.has("OTEL_PROPAGATORS") and !b.has(variable));
}

test "a piece is found as whole words only" {
    var arena = Arena{};
    var b = undone(&arena, &.{
        "PYTHONPATH=/p/glibc-extra:/x",
        variable ++ "=1;peNAME:1:x;pnPYTHONPATH:8:/p/glibc;",
    });
    try expect(text.eql(b.get("PYTHONPATH").?, "/p/glibc-extra:/x"));
    b = undone(&arena, &.{
        "PYTHONPATH=/first:/p/glibc:/x",
        variable ++ "=1;pnPYTHONPATH:8:/p/glibc;",
    });
    try expect(text.eql(b.get("PYTHONPATH").?, "/first:/x"));
    b = undone(&arena, &.{ "PYTHONPATH=", variable ++ "=1;peX:1:y;" });
    try expect(b.has("PYTHONPATH"));
}

test "damaged records only lose themselves" {
    var arena = Arena{};
    const bad = [_][*:0]const u8{
        "=",              "=1;",                    "=2;pnA:1:x;",    "=1;pnA:99999999:x;", "=1;pnA:4294967297:x;",
        "=1;zzA:1:x;",    "=1;pn:1:x;",             "=1;pnA:1:x",     "=1;pnA:-1:x;",       "=1;pnA:0:;",
        "=1;snA:1:x;;;;", "=1;pnA:1:xpnA:1:x;::::", "=1;anA:2:;;:;;",
    };
    for (bad) |tail| {
        const record = text.join(&arena, &.{ variable, text.span(tail) }).?;
        var b = undone(&arena, &.{ "A=abc", record.ptr });
        try expect(text.eql(b.get("A").?, "abc"));
        try expect(!b.has(variable));
    }
}
