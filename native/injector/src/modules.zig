// SPDX-License-Identifier: Apache-2.0
//! Symbols of the objects already loaded, looked up in memory: the loader's list of them
//! (r_debug, found through DT_DEBUG of the program) and each object's GNU hash table. Used only
//! once the runtime is known: as further weak references they would cost every process of the
//! host half a microsecond each.
const process = @import("process.zig");
const text = @import("text.zig");

const DT_NULL = 0;
const DT_STRTAB = 5;
const DT_SYMTAB = 6;
const DT_DEBUG = 21;
const DT_GNU_HASH = 0x6ffffef5;
const PT_DYNAMIC = 2;
const PT_PHDR = 6;

const max_objects = 4096;
const max_dynamic_entries = 512;
const max_chain = 1 << 16;

pub const ProgramHeader = extern struct {
    type: u32,
    flags: u32,
    offset: u64,
    vaddr: u64,
    paddr: u64,
    filesz: u64,
    memsz: u64,
    alignment: u64,
};

const Dynamic = extern struct { tag: u64, value: u64 };

/// struct link_map, the part that every C library has.
const LinkMap = extern struct {
    bias: u64,
    name: ?[*:0]const u8,
    dynamic: ?[*]const Dynamic,
    next: ?*const LinkMap,
};

const Debug = extern struct { version: c_int, first: ?*const LinkMap };

const Symbol = extern struct {
    name: u32,
    info: u8,
    other: u8,
    section: u16,
    value: u64,
    size: u64,
};

/// The program's headers as the kernel or the loader reports them; null when they make no sense.
pub fn programHeaders(p: *const process.Process) ?[]const ProgramHeader {
    if (p.phdr == 0 or p.phdr % 8 != 0 or p.phdr_size_bytes != @sizeOf(ProgramHeader)) return null;
    if (p.phdr_count == 0 or p.phdr_count > 64) return null;
    const table: [*]const ProgramHeader = @ptrFromInt(p.phdr);
    return table[0..p.phdr_count];
}

/// What to add to a virtual address of the program.
pub fn bias(p: *const process.Process, headers: []const ProgramHeader) ?usize {
    for (headers) |h| if (h.type == PT_PHDR) return p.phdr -% h.vaddr;
    return null;
}

/// Address of the first definition in the loader's order, or null.
pub fn find(p: *const process.Process, name: []const u8) ?usize {
    var object = firstObject(p);
    var n: usize = 0;
    while (object) |o| : (object = o.next) {
        n += 1;
        if (n > max_objects) return null;
        if (lookUp(o, name)) |address| return address;
    }
    return null;
}

fn firstObject(p: *const process.Process) ?*const LinkMap {
    const headers = programHeaders(p) orelse return null;
    const at = bias(p, headers) orelse return null;
    for (headers) |h| {
        if (h.type != PT_DYNAMIC) continue;
        const dynamic: [*]const Dynamic = @ptrFromInt(at +% h.vaddr);
        const debug: *const Debug = @ptrFromInt(valueOf(dynamic, DT_DEBUG) orelse return null);
        return if (debug.version < 1) null else debug.first;
    }
    return null;
}

fn valueOf(dynamic: [*]const Dynamic, tag: u64) ?usize {
    var i: usize = 0;
    while (i < max_dynamic_entries and dynamic[i].tag != DT_NULL) : (i += 1) {
        if (dynamic[i].tag == tag) return if (dynamic[i].value == 0) null else dynamic[i].value;
    }
    return null;
}

/// glibc relocates these addresses in place, musl leaves them relative.
fn addressOf(o: *const LinkMap, dynamic: [*]const Dynamic, tag: u64) ?usize {
    const value = valueOf(dynamic, tag) orelse return null;
    return if (value < o.bias) value + o.bias else value;
}

fn lookUp(o: *const LinkMap, name: []const u8) ?usize {
    const dynamic = o.dynamic orelse return null;
    const table: [*]const u32 = @ptrFromInt(addressOf(o, dynamic, DT_GNU_HASH) orelse return null);
    const symbols: [*]const Symbol = @ptrFromInt(addressOf(o, dynamic, DT_SYMTAB) orelse return null);
    const strings: [*]const u8 = @ptrFromInt(addressOf(o, dynamic, DT_STRTAB) orelse return null);
    const h = gnuHash(name);
    const index = indexIn(table, symbols, strings, name, h) orelse return null;
    const s = symbols[index];
    const is_thread_local = s.info & 15 == 6;
    if (s.section == 0 or s.value == 0 or is_thread_local) return null;
    return o.bias +% s.value;
}

/// Header: buckets, first hashed symbol, words of the bloom filter, shift; then filter, buckets,
/// chains. Any of the counts may be zero.
fn indexIn(
    table: [*]const u32,
    symbols: [*]const Symbol,
    strings: [*]const u8,
    name: []const u8,
    h: u32,
) ?usize {
    const bucket_count = table[0];
    const first = table[1];
    const bloom_words: usize = table[2];
    if (bucket_count == 0) return null;
    const buckets = table + 4 + 2 * bloom_words;
    const chains = buckets + bucket_count;
    var i = buckets[h % bucket_count];
    if (i < first or i == 0) return null;
    var n: usize = 0;
    while (n < max_chain) : (n += 1) {
        const c = chains[i - first];
        if (c | 1 == h | 1 and isNamed(strings + symbols[i].name, name)) return i;
        if (c & 1 == 1) return null;
        i += 1;
    }
    return null;
}

fn isNamed(s: [*]const u8, name: []const u8) bool {
    for (name, 0..) |c, i| if (s[i] != c) return false;
    return s[name.len] == 0;
}

fn gnuHash(name: []const u8) u32 {
    var h: u32 = 5381;
    for (name) |c| h = h *% 33 +% c;
    return h;
}

const expect = @import("std").testing.expect;

test "the hash is the one of the GNU hash section" {
    try expect(gnuHash("") == 0x1505);
    try expect(gnuHash("printf") == 0x156b2bb8);
    try expect(gnuHash("exit") == 0x7c967e3f);
}

test "an empty table and a chain are read within their bounds" {
    const none = [_]u32{ 0, 1, 0, 0 };
    const syms = [3]Symbol{
        .{ .name = 0, .info = 0, .other = 0, .section = 0, .value = 0, .size = 0 },
        .{ .name = 1, .info = 0, .other = 0, .section = 1, .value = 1, .size = 0 },
        .{ .name = 6, .info = 0, .other = 0, .section = 1, .value = 1, .size = 0 },
    };
    const strings = "\x00exit\x00printf\x00";
    try expect(indexIn(&none, &syms, strings, "exit", gnuHash("exit")) == null);
    const one = [_]u32{ 1, 1, 1, 0, 0, 0, 1, gnuHash("exit") & ~@as(u32, 1), gnuHash("printf") | 1 };
    try expect(indexIn(&one, &syms, strings, "printf", gnuHash("printf")).? == 2);
    try expect(indexIn(&one, &syms, strings, "nothing", gnuHash("nothing")) == null);
}
