// SPDX-License-Identifier: Apache-2.0
//! What this process is, read from its initial stack alone: arguments, environment and the
//! auxiliary vector that follows it. No system call.
const limits = @import("limits.zig");
const text = @import("text.zig");

/// glibc calls constructors with (argc, argv, envp); musl with nothing, so these may be garbage.
pub const Registers = struct { argc: usize, argv: usize, envp: usize };

pub const EnvPointer = [*:null]?[*:0]const u8;

const AT_NULL = 0;
const AT_PHDR = 3;
const AT_PHENT = 4;
const AT_PHNUM = 5;
const AT_PAGESZ = 6;
const AT_BASE = 7;
const AT_SECURE = 23;
const AT_EXECFN = 31;

pub const Process = struct {
    argv: []const ?[*:0]const u8,
    /// Path given to execve: for a script that of the script. Empty when unknown.
    execfn: []const u8 = "",
    phdr: usize = 0,
    phdr_count: usize = 0,
    phdr_size_bytes: usize = 0,
    /// Started as `ld.so program`: then the executable is the loader.
    explicit_loader: bool = false,

    pub fn argument(self: *const Process, i: usize) ?[]const u8 {
        if (i >= self.argv.len) return null;
        return text.span(self.argv[i] orelse return null);
    }

    /// Whether the file started, or the name it was started by, belongs to one of the families
    /// (separated by blanks). For a script the kernel makes argv[0] the interpreter, while
    /// AT_EXECFN stays the script.
    pub fn isNamed(self: *const Process, families: []const u8) bool {
        if (isVariantOfAny(text.basename(self.execfn), families)) return true;
        return isVariantOfAny(text.basename(self.argument(0) orelse return false), families);
    }
};

fn isVariantOfAny(name: []const u8, families: []const u8) bool {
    var it = text.Split{ .rest = families, .separator = ' ' };
    while (it.next()) |family| if (isVariantOf(name, family)) return true;
    return false;
}

/// "python" accepts python, python3, python3.11-dbg and python-3.9, but not pythonista.
pub fn isVariantOf(name: []const u8, family: []const u8) bool {
    if (!text.startsWith(name, family)) return false;
    return name.len == family.len or !text.isLetter(name[family.len]);
}

/// Null when anything does not look as the kernel lays it out, and under AT_SECURE.
/// `frame` is an address in the caller's stack frame, `environ` the C library's present pointer.
pub fn discover(regs: Registers, frame: usize, environ: usize) ?Process {
    const argv_address, const argc = argumentsOf(regs, frame, environ) orelse return null;
    const argv: [*]const ?[*:0]const u8 = @ptrFromInt(argv_address);
    if (argv[argc] != null) return null;
    const envp: [*]const usize = @ptrFromInt(argv_address + (argc + 1) * @sizeOf(usize));
    var n: usize = 0;
    while (envp[n] != 0) : (n += 1) if (n == limits.env_entries) return null;
    return readAuxv(envp + n + 1, argv[0..argc]);
}

fn argumentsOf(regs: Registers, frame: usize, environ: usize) ?struct { usize, usize } {
    const argc: usize = regs.argc & 0xffff_ffff;
    if (argc < limits.arguments and isAbove(frame, regs.argv) and
        regs.envp == regs.argv + (argc + 1) * @sizeOf(usize))
        return .{ regs.argv, argc };
    return argumentsBelow(environ, frame);
}

/// musl: walk down from the environment to the word that counts the pointers passed.
fn argumentsBelow(environ: usize, frame: usize) ?struct { usize, usize } {
    if (!isAbove(frame, environ) or environ - frame < 3 * @sizeOf(usize)) return null;
    const top: [*]const usize = @ptrFromInt(environ);
    if ((top - 1)[0] != 0) return null;
    const room = @min((environ - frame) / @sizeOf(usize) - 2, limits.arguments);
    var argc: usize = 0;
    while (argc < room) : (argc += 1) {
        if ((top - 2 - argc)[0] == argc) return .{ environ - (argc + 1) * @sizeOf(usize), argc };
    }
    return null;
}

fn isAbove(frame: usize, address: usize) bool {
    return address > frame and address - frame < limits.stack_span_bytes and
        address % @sizeOf(usize) == 0;
}

fn readAuxv(auxv: [*]const usize, argv: []const ?[*:0]const u8) ?Process {
    var p = Process{ .argv = argv };
    var secure: ?usize = null;
    var page_size: usize = 0;
    var base: ?usize = null;
    var i: usize = 0;
    while (auxv[2 * i] != AT_NULL) : (i += 1) {
        if (i == limits.auxv_entries) return null;
        const value = auxv[2 * i + 1];
        switch (auxv[2 * i]) {
            AT_SECURE => secure = value,
            AT_PAGESZ => page_size = value,
            AT_BASE => base = value,
            AT_PHDR => p.phdr = value,
            AT_PHENT => p.phdr_size_bytes = value,
            AT_PHNUM => p.phdr_count = value,
            AT_EXECFN => if (value != 0) {
                p.execfn = text.span(@ptrFromInt(value));
            },
            else => {},
        }
    }
    if (page_size < 4096 or page_size & (page_size - 1) != 0) return null;
    if ((secure orelse return null) != 0) return null;
    p.explicit_loader = base == 0;
    return p;
}

const expect = @import("std").testing.expect;

const TestStack = struct {
    words: [32]usize = @splat(0),

    /// argc, argv, NULL, environment, NULL, auxv as execve leaves them.
    fn build(self: *TestStack, secure: usize) struct { argv: usize, environ: usize } {
        const name: [*:0]const u8 = "/usr/bin/node";
        const w = &self.words;
        w[5] = 2;
        w[6] = @intFromPtr(name);
        w[7] = @intFromPtr(name);
        w[9] = @intFromPtr(name);
        w[11] = AT_PAGESZ;
        w[12] = 4096;
        w[13] = AT_SECURE;
        w[14] = secure;
        w[15] = AT_EXECFN;
        w[16] = @intFromPtr(name);
        return .{ .argv = @intFromPtr(&w[6]), .environ = @intFromPtr(&w[9]) };
    }
};

test "arguments come from the registers where the C library passes them" {
    var s = TestStack{};
    const at = s.build(0);
    const regs = Registers{ .argc = 2, .argv = at.argv, .envp = at.environ };
    const p = discover(regs, @intFromPtr(&s.words), 0).?;
    try expect(p.argv.len == 2);
    try expect(text.eql(p.execfn, "/usr/bin/node"));
}

test "arguments are found below the environment where the C library passes none" {
    var s = TestStack{};
    const at = s.build(0);
    const regs = Registers{ .argc = 77, .argv = 0x1234, .envp = 3 };
    const p = discover(regs, @intFromPtr(&s.words), at.environ).?;
    try expect(p.argv.len == 2);
}

test "AT_SECURE, a missing AT_SECURE and an environment elsewhere stand down" {
    var s = TestStack{};
    const at = s.build(1);
    const regs = Registers{ .argc = 2, .argv = at.argv, .envp = at.environ };
    try expect(discover(regs, @intFromPtr(&s.words), 0) == null);
    s.words[13] = 99;
    try expect(discover(regs, @intFromPtr(&s.words), 0) == null);
    const none = Registers{ .argc = 0, .argv = 0, .envp = 0 };
    try expect(discover(none, @intFromPtr(&s.words), @intFromPtr(&s.words) - 64) == null);
    try expect(discover(none, @intFromPtr(&s.words), @intFromPtr(&s.words) + 100 << 20) == null);
}

test "a name belongs to a family when no letter follows" {
    try expect(isVariantOf("python3.11-dbg", "python"));
    try expect(isVariantOf("java", "java"));
    try expect(!isVariantOf("javac", "java"));
    try expect(!isVariantOf("jav", "java"));
}
