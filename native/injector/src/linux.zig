// SPDX-License-Identifier: Apache-2.0
//! The system calls the library may make, raw. Only calls that the dynamic loader and the
//! runtimes make themselves: a seccomp filter that lets Node.js start lets these pass.
const builtin = @import("builtin");

const arch = builtin.cpu.arch;

const number = switch (arch) {
    .x86_64 => struct {
        const write = 1;
        const close = 3;
        const stat = 4;
        const fstat = 5;
        const mmap = 9;
        const pread64 = 17;
        const access = 21;
        const getpid = 39;
        const readlink = 89;
        const getdents64 = 217;
        const openat = 257;
    },
    .aarch64 => struct {
        const faccessat = 48;
        const openat = 56;
        const close = 57;
        const getdents64 = 61;
        const write = 64;
        const pread64 = 67;
        const readlinkat = 78;
        const newfstatat = 79;
        const fstat = 80;
        const getpid = 172;
        const mmap = 222;
    },
    else => @compileError("no system call numbers for this architecture"),
};

fn call(n: usize, a: usize, b: usize, c: usize, d: usize, e: usize, f: usize) isize {
    return @bitCast(switch (arch) {
        .x86_64 => asm volatile ("syscall"
            : [ret] "={rax}" (-> usize),
            : [n] "{rax}" (n),
              [a] "{rdi}" (a),
              [b] "{rsi}" (b),
              [c] "{rdx}" (c),
              [d] "{r10}" (d),
              [e] "{r8}" (e),
              [f] "{r9}" (f),
            : .{ .rcx = true, .r11 = true, .memory = true }),
        .aarch64 => asm volatile ("svc #0"
            : [ret] "={x0}" (-> usize),
            : [n] "{x8}" (n),
              [a] "{x0}" (a),
              [b] "{x1}" (b),
              [c] "{x2}" (c),
              [d] "{x3}" (d),
              [e] "{x4}" (e),
              [f] "{x5}" (f),
            : .{ .memory = true }),
        else => unreachable,
    });
}

pub const ENOENT = 2;
pub const EINTR = 4;
pub const ENOTDIR = 20;

const AT_FDCWD: usize = @bitCast(@as(isize, -100));
const O_NOCTTY = 0o400;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const O_DIRECTORY = if (arch == .x86_64) 0o200000 else 0o40000;
/// Never blocks on a FIFO, never takes a terminal, never survives an exec.
const open_quietly = O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
const max_retries = 8;

/// Opens for reading; a negative errno on failure.
pub fn open(path: [*:0]const u8) isize {
    return openWith(path, open_quietly);
}

pub fn openDirectory(path: [*:0]const u8) isize {
    return openWith(path, open_quietly | O_DIRECTORY);
}

fn openWith(path: [*:0]const u8, flags: usize) isize {
    var tries: usize = 0;
    while (true) : (tries += 1) {
        const r = call(number.openat, AT_FDCWD, @intFromPtr(path), flags, 0, 0, 0);
        if (r != -EINTR or tries == max_retries) return r;
    }
}

/// pread(2), not read(2): it refuses pipes, sockets and terminals without consuming anything.
pub fn pread(fd: isize, buffer: []u8, offset: usize) isize {
    var tries: usize = 0;
    while (true) : (tries += 1) {
        const to = @intFromPtr(buffer.ptr);
        const r = call(number.pread64, @bitCast(fd), to, buffer.len, offset, 0, 0);
        if (r != -EINTR or tries == max_retries) return r;
    }
}

pub fn close(fd: isize) void {
    _ = call(number.close, @bitCast(fd), 0, 0, 0, 0, 0);
}

pub fn write(fd: usize, bytes: []const u8) void {
    _ = call(number.write, fd, @intFromPtr(bytes.ptr), bytes.len, 0, 0, 0);
}

pub fn getpid() usize {
    return @bitCast(call(number.getpid, 0, 0, 0, 0, 0, 0));
}

/// struct linux_dirent64 records; bytes read or a negative errno.
pub fn getdents(fd: isize, buffer: []u8) isize {
    return call(number.getdents64, @bitCast(fd), @intFromPtr(buffer.ptr), buffer.len, 0, 0, 0);
}

const R_OK = 4;
const X_OK = 1;

pub fn isReadable(path: [*:0]const u8) bool {
    return access(path, R_OK);
}

/// A directory whose files can be listed and reached.
pub fn isSearchable(path: [*:0]const u8) bool {
    return access(path, R_OK | X_OK);
}

fn access(path: [*:0]const u8, mode: usize) bool {
    const r = if (arch == .x86_64)
        call(number.access, @intFromPtr(path), mode, 0, 0, 0, 0)
    else
        call(number.faccessat, AT_FDCWD, @intFromPtr(path), mode, 0, 0, 0);
    return r == 0;
}

pub fn readlink(path: [*:0]const u8, buffer: []u8) isize {
    const to = @intFromPtr(buffer.ptr);
    return if (arch == .x86_64)
        call(number.readlink, @intFromPtr(path), to, buffer.len, 0, 0, 0)
    else
        call(number.readlinkat, AT_FDCWD, @intFromPtr(path), to, buffer.len, 0, 0);
}

pub const Stat = struct {
    mode: u32,
    size_bytes: usize,

    pub fn kind(self: Stat) enum { regular, directory, other } {
        return switch (self.mode & 0o170000) {
            0o100000 => .regular,
            0o040000 => .directory,
            else => .other,
        };
    }
};

/// Of an open file.
pub fn fstat(fd: isize) ?Stat {
    var words: [18]u64 = @splat(0);
    return decoded(&words, call(number.fstat, @bitCast(fd), @intFromPtr(&words), 0, 0, 0, 0));
}

/// Of a path, symbolic links followed.
pub fn stat(path: [*:0]const u8) ?Stat {
    var words: [18]u64 = @splat(0);
    const at = @intFromPtr(&words);
    return decoded(&words, if (arch == .x86_64)
        call(number.stat, @intFromPtr(path), at, 0, 0, 0, 0)
    else
        call(number.newfstatat, AT_FDCWD, @intFromPtr(path), at, 0, 0, 0));
}

/// Offsets of `struct stat` by the kernel's asm/stat.h: st_mode at 24 (x86_64) or 16, st_size at
/// 48.
fn decoded(words: *const [18]u64, result: isize) ?Stat {
    if (result != 0) return null;
    const mode: u32 = @truncate(if (arch == .x86_64) words[3] else words[2]);
    return .{ .mode = mode, .size_bytes = words[6] };
}

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_PRIVATE = 2;
const MAP_ANONYMOUS = 0x20;

/// Zeroed memory of our own, or null.
pub fn mapMemory(size_bytes: usize) ?[*]u8 {
    const no_file: usize = @bitCast(@as(isize, -1));
    const protection = PROT_READ | PROT_WRITE;
    const r = call(number.mmap, 0, size_bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, no_file, 0);
    if (r < 0 and r > -4096) return null;
    return @ptrFromInt(@as(usize, @bitCast(r)));
}
