// SPDX-License-Identifier: Apache-2.0
//! The few system calls that are needed, and the first instruction.
const std = @import("std");
const linux = std.os.linux;
const builtin = @import("builtin");

pub const EPERM = 1;
pub const ENOENT = 2;
pub const EINTR = 4;
pub const EACCES = 13;
pub const ENOSPC = 28;
pub const EROFS = 30;
pub const EDQUOT = 122;

const AT_FDCWD: usize = @bitCast(@as(isize, -100));
const O_WRONLY = 0o1;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_NONBLOCK = 0o4000;
// These two differ between the machines.
const O_DIRECTORY = if (builtin.cpu.arch == .aarch64) 0o40000 else 0o200000;
const O_NOFOLLOW = if (builtin.cpu.arch == .aarch64) 0o100000 else 0o400000;
const O_CLOEXEC = 0o2000000;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC = 0x7ff;
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;

/// The stack pointer is all that the kernel hands over.
pub fn start() callconv(.naked) noreturn {
    switch (builtin.cpu.arch) {
        .x86_64 => asm volatile (
            \\ xorl %%ebp, %%ebp
            \\ movq %%rsp, %%rdi
            \\ andq $-16, %%rsp
            \\ callq rescueMain
        ),
        .aarch64 => asm volatile (
            \\ mov x29, #0
            \\ mov x30, #0
            \\ mov x0, sp
            \\ b rescueMain
        ),
        else => @compileError("no start for this architecture"),
    }
}

pub fn exit(status: u8) noreturn {
    _ = linux.syscall1(.exit_group, status);
    unreachable;
}

pub fn write(fd: isize, bytes: []const u8) void {
    _ = writeAll(fd, bytes);
}

pub fn writeAll(fd: isize, bytes: []const u8) bool {
    var n: usize = 0;
    while (n < bytes.len) {
        const r = result(linux.syscall3(.write, fdOf(fd), @intFromPtr(bytes.ptr) + n, bytes.len - n));
        if (r == -EINTR) continue;
        if (r <= 0) return false;
        n += @intCast(r);
    }
    return true;
}

pub fn writeAt(fd: isize, bytes: []const u8, offset: usize) bool {
    const r = linux.syscall4(.pwrite64, fdOf(fd), @intFromPtr(bytes.ptr), bytes.len, offset);
    return result(r) == @as(isize, @intCast(bytes.len));
}

/// O_NONBLOCK: it may be a pipe.
pub fn openRead(path: [:0]const u8) isize {
    return open(path, O_NONBLOCK);
}

pub fn openWrite(path: [:0]const u8) isize {
    return open(path, O_WRONLY | O_NONBLOCK);
}

pub fn openNew(path: [:0]const u8) isize {
    return open(path, O_WRONLY | O_CREAT | O_EXCL);
}

fn open(path: [:0]const u8, flags: usize) isize {
    const all = flags | O_NOFOLLOW | O_CLOEXEC;
    return result(linux.syscall4(.openat, AT_FDCWD, @intFromPtr(path.ptr), all, 0o600));
}

/// Bytes read, at most the buffer's, or a negative errno.
pub fn readAll(fd: isize, buffer: []u8) isize {
    var n: usize = 0;
    while (n < buffer.len) {
        const r = result(linux.syscall3(.read, fdOf(fd), @intFromPtr(buffer.ptr) + n, buffer.len - n));
        if (r == -EINTR) continue;
        if (r < 0) return r;
        if (r == 0) break;
        n += @intCast(r);
    }
    return @intCast(n);
}

pub const Stat = struct { mode: u32, uid: u32, gid: u32, is_regular: bool };

pub fn stat(fd: isize) ?Stat {
    // struct statx (statx(2)): mask, blksize, attributes (8), nlink, uid, gid, mode (16 bits) …
    var s: [64]u32 = undefined;
    const r = linux.syscall5(.statx, fdOf(fd), @intFromPtr(""), AT_EMPTY_PATH, STATX_BASIC, @intFromPtr(&s));
    if (result(r) < 0) return null;
    const mode = s[7] & 0xffff;
    return .{ .uid = s[5], .gid = s[6], .mode = mode & 0o7777, .is_regular = mode & S_IFMT == S_IFREG };
}

pub fn setOwner(fd: isize, s: Stat) void {
    _ = linux.syscall3(.fchown, fdOf(fd), s.uid, s.gid);
}

pub fn setMode(fd: isize, s: Stat) void {
    _ = linux.syscall2(.fchmod, fdOf(fd), s.mode);
}

var names: [4096]u8 = undefined;
var value: [65536]u8 = undefined;

/// Extended attributes, such as SELinux's context; what cannot be copied is left out.
pub fn copyAttributes(from: isize, to: isize) void {
    const n = result(linux.syscall3(.flistxattr, fdOf(from), @intFromPtr(&names), names.len));
    if (n <= 0) return;
    var all = std.mem.splitScalar(u8, names[0..@intCast(n)], 0);
    while (all.next()) |name| {
        if (name.len == 0) continue;
        const size = result(linux.syscall4(.fgetxattr, fdOf(from), @intFromPtr(name.ptr), @intFromPtr(&value), value.len));
        if (size < 0) continue;
        _ = linux.syscall5(.fsetxattr, fdOf(to), @intFromPtr(name.ptr), @intFromPtr(&value), @intCast(size), 0);
    }
}

pub fn fsync(fd: isize) isize {
    return result(linux.syscall1(.fsync, fdOf(fd)));
}

pub fn unlink(path: [:0]const u8) isize {
    return result(linux.syscall3(.unlinkat, AT_FDCWD, @intFromPtr(path.ptr), 0));
}

pub fn rename(from: [:0]const u8, to: [:0]const u8) isize {
    return result(linux.syscall5(.renameat2, AT_FDCWD, @intFromPtr(from.ptr), AT_FDCWD, @intFromPtr(to.ptr), 0));
}

pub fn readlink(path: [:0]const u8, buffer: []u8) isize {
    return result(linux.syscall4(.readlinkat, AT_FDCWD, @intFromPtr(path.ptr), @intFromPtr(buffer.ptr), buffer.len));
}

var directory_bytes: [4096]u8 = undefined;

pub fn syncDirectoryOf(path: []const u8) void {
    const slash = std.mem.lastIndexOfScalar(u8, path, '/');
    const directory = if (slash) |at| path[0 .. at + 1] else "./";
    if (directory.len >= directory_bytes.len) return;
    @memcpy(directory_bytes[0..directory.len], directory);
    directory_bytes[directory.len] = 0;
    const fd = open(directory_bytes[0..directory.len :0], O_DIRECTORY);
    if (fd >= 0) _ = fsync(fd);
}

fn fdOf(fd: isize) usize {
    return @bitCast(fd);
}

fn result(r: usize) isize {
    return @bitCast(r);
}
