// SPDX-License-Identifier: Apache-2.0
//! Takes the preload of libotelinject.so out of /etc/ld.so.preload when nothing else starts: static,
//! without libc, reading no environment. What others put into the file stays.
const std = @import("std");
const linux = @import("linux.zig");
const preload = @import("preload.zig");

const default_path = "/etc/ld.so.preload";
const max_file_bytes = 1 << 20;
const max_links = 40;
const max_path_bytes = 4096;

const usage =
    \\usage: otel-inject-rescue [FILE]
    \\
    \\Takes the entry of libotelinject.so out of FILE, /etc/ld.so.preload by default, and keeps
    \\everything else in it. From a rescue system: otel-inject-rescue /mnt/etc/ld.so.preload
    \\
    \\Exit status: 0 it is out, or was not there; 1 it could not be taken out; 2 wrong usage.
    \\
;

var contents: [max_file_bytes + 1]u8 = undefined;
var spare: [max_file_bytes + 1]u8 = undefined;
var path_bytes: [max_path_bytes]u8 = undefined;
var link_bytes: [max_path_bytes]u8 = undefined;
var new_bytes: [max_path_bytes + 32]u8 = undefined;

/// Declared here so that the standard library brings no start of its own.
pub const _start = linux.start;
comptime {
    @export(&_start, .{ .name = "_start" });
}

/// Called by `_start` with the process's first stack words (System V ABI, "Process Initialization").
pub export fn rescueMain(stack: [*]const usize) noreturn {
    const argc = stack[0];
    const argv: [*]const [*:0]const u8 = @ptrCast(stack + 1);
    if (argc > 2) fail(2, &.{usage});
    const given: [:0]const u8 = if (argc == 2) std.mem.span(argv[1]) else default_path;
    if (std.mem.eql(u8, given, "--help") or std.mem.eql(u8, given, "-h")) {
        linux.write(1, usage);
        linux.exit(0);
    }
    if (given.len > 0 and given[0] == '-') fail(2, &.{usage});
    rescue(follow(given));
}

fn rescue(path: [:0]const u8) noreturn {
    const fd = linux.openRead(path);
    if (fd == -linux.ENOENT) done(path, "there is no such file: nothing is preloaded by it");
    if (fd < 0) failed(path, "cannot be opened", fd);
    const stat = linux.stat(fd) orelse failed(path, "cannot be looked at", 0);
    if (!stat.is_regular) failed(path, "is not a regular file", 0);
    const n = linux.readAll(fd, &contents);
    if (n < 0) failed(path, "cannot be read", n);
    const used: usize = @intCast(n);
    if (used > max_file_bytes) failed(path, "is larger than 1 MiB: this is no preload list", 0);
    if (preload.nextOwn(contents[0..used], 0) == null) done(path, "nothing of ours is in it");
    if (!replace(path, fd, stat, used)) blankOut(path, used);
    done(path, "the preload of libotelinject.so is out");
}

/// By a rename, so that no process sees half a list. False where there is no room for a new file.
fn replace(path: [:0]const u8, old: isize, stat: linux.Stat, used: usize) bool {
    @memcpy(spare[0..used], contents[0..used]);
    const rest = preload.removeOwn(spare[0..used]);
    if (preload.isBlank(rest)) {
        const r = linux.unlink(path);
        if (r < 0) failed(path, "cannot be removed", r);
        return true;
    }
    const new_path = join(&.{ path, ".otelkit-rescue" });
    _ = linux.unlink(new_path);
    const fd = linux.openNew(new_path);
    if (fd == -linux.ENOSPC or fd == -linux.EDQUOT) return false;
    if (fd < 0) failed(new_path, "cannot be written", fd);
    linux.setOwner(fd, stat);
    linux.copyAttributes(old, fd);
    linux.setMode(fd, stat);
    if (!linux.writeAll(fd, rest) or linux.fsync(fd) < 0) {
        _ = linux.unlink(new_path);
        return false;
    }
    const r = linux.rename(new_path, path);
    if (r < 0) failed(path, "cannot be replaced", r);
    linux.syncDirectoryOf(path);
    return true;
}

/// On a full disk: spaces over our entry. They separate entries, and need no room.
fn blankOut(path: [:0]const u8, used: usize) void {
    const fd = linux.openWrite(path);
    if (fd < 0) failed(path, "cannot be written", fd);
    var from: usize = 0;
    while (preload.nextOwn(contents[0..used], from)) |entry| {
        const spaces = contents[entry.start..entry.end];
        @memset(spaces, ' ');
        if (!linux.writeAt(fd, spaces, entry.start)) failed(path, "cannot be written", 0);
        from = entry.end;
    }
    _ = linux.fsync(fd);
}

/// The file behind symbolic links: the link itself is to stay.
fn follow(given: [:0]const u8) [:0]const u8 {
    var path = given;
    var links: usize = 0;
    while (links < max_links) : (links += 1) {
        const n = linux.readlink(path, &link_bytes);
        if (n <= 0) return path;
        const target = link_bytes[0..@intCast(n)];
        const slash = if (std.mem.lastIndexOfScalar(u8, path, '/')) |at| at + 1 else 0;
        const keep = if (target[0] == '/') 0 else slash;
        if (keep + target.len >= path_bytes.len) failed(path, "is a link to a path that is too long", 0);
        std.mem.copyForwards(u8, &path_bytes, path[0..keep]);
        @memcpy(path_bytes[keep .. keep + target.len], target);
        path_bytes[keep + target.len] = 0;
        path = path_bytes[0 .. keep + target.len :0];
    }
    failed(path, "is a circle of symbolic links", 0);
}

fn join(parts: []const []const u8) [:0]const u8 {
    var n: usize = 0;
    for (parts) |part| {
        if (n + part.len >= new_bytes.len) fail(1, &.{"otel-inject-rescue: the path is too long\n"});
        @memcpy(new_bytes[n .. n + part.len], part);
        n += part.len;
    }
    new_bytes[n] = 0;
    return new_bytes[0..n :0];
}

fn done(path: []const u8, what: []const u8) noreturn {
    say(1, &.{ path, ": ", what, "\n" });
    linux.exit(0);
}

fn failed(path: []const u8, what: []const u8, code: isize) noreturn {
    var digits: [20]u8 = undefined;
    const number = if (code < 0) decimal(&digits, @intCast(-code)) else "";
    const sep = if (code < 0) " (errno " else "";
    const end = if (code < 0) ")\n" else "\n";
    const hint = if (code == -linux.EROFS) "remount it first: mount -o remount,rw /\n" else if (code == -linux.EACCES or code == -linux.EPERM) "run it as root; `lsattr` shows whether the file is immutable\n" else "";
    fail(1, &.{ path, " ", what, sep, number, end, hint });
}

fn fail(status: u8, parts: []const []const u8) noreturn {
    say(2, parts);
    linux.exit(status);
}

fn say(fd: isize, parts: []const []const u8) void {
    for (parts) |part| linux.write(fd, part);
}

fn decimal(digits: *[20]u8, value: usize) []const u8 {
    var at: usize = digits.len;
    var rest = value;
    while (true) {
        at -= 1;
        digits[at] = '0' + @as(u8, @intCast(rest % 10));
        rest /= 10;
        if (rest == 0) return digits[at..];
    }
}

pub const panic = std.debug.no_panic;
