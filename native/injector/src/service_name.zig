// SPDX-License-Identifier: Apache-2.0
//! A name for the service where nothing says one: the systemd unit whose main process this is,
//! else what the command line runs. Better none than a wrong one: `server.js` in `/app` has none.
const context = @import("context.zig");
const files = @import("files.zig");
const linux = @import("linux.zig");
const text = @import("text.zig");
const Runtime = @import("deny.zig").Runtime;

pub fn derive(c: *context.Context, runtime: Runtime, command: context.Command) ?[]const u8 {
    // The Java agent reads a jar's manifest and Spring's configuration: it knows better.
    if (runtime == .jvm and command.kind == .program) return null;
    if (unitName(c)) |name| return name;
    return switch (command.kind) {
        .program => programName(c, command),
        .module => moduleName(c, runtime, command),
        else => null,
    };
}

const generic =
    "index main app server start run cli www web api service worker wsgi " ++
    "asgi manage __main__ " ++
    "bin dist build src lib out current release releases public opt srv " ++
    "home usr root tmp code workspace site";
const launchers =
    "gunicorn uvicorn hypercorn daphne waitress-serve celery flask uwsgi " ++
    "streamlit fastapi " ++
    "puma unicorn rails rackup sidekiq rake bundle passenger thin ts-node " ++
    "tsx nodemon pm2 next nuxt vite";

/// A script by its name, or by its folder's when the name says nothing.
fn programName(c: *context.Context, command: context.Command) ?[]const u8 {
    const name = stem(text.basename(command.program));
    if (text.inList(launchers, name)) return applicationName(c, command);
    if (isTelling(name)) return name;
    var folder = text.dirname(command.program);
    if (folder.len == 0 or folder[0] == '.') folder = workingDirectory(c) orelse return null;
    return folderName(folder);
}

fn moduleName(c: *context.Context, runtime: Runtime, command: context.Command) ?[]const u8 {
    var name = command.program;
    if (runtime == .jvm) {
        if (text.lastIndexOfByte(name, '.')) |dot| name = name[dot + 1 ..];
        return if (name.len == 0) null else name;
    }
    if (text.indexOfByte(name, '.')) |dot| name = name[0..dot];
    if (text.inList(launchers, name)) return applicationName(c, command);
    return if (isTelling(name)) name else folderName(workingDirectory(c) orelse return null);
}

/// `gunicorn shop.wsgi:application` is shop; else the folder it runs in.
fn applicationName(c: *context.Context, command: context.Command) ?[]const u8 {
    var i = command.rest;
    while (c.process.argument(i)) |a| : (i += 1) {
        const colon = text.indexOfByte(a, ':') orelse continue;
        if (!isDotted(a[0..colon]) or !isDotted(a[colon + 1 ..])) continue;
        const module = a[0 .. text.indexOfByte(a, '.') orelse colon];
        if (module.len < colon + 1 and isTelling(module)) return module;
    }
    return folderName(workingDirectory(c) orelse return null);
}

fn isDotted(s: []const u8) bool {
    if (s.len == 0 or text.isDigit(s[0])) return false;
    for (s) |ch| if (!text.isLetter(ch) and !text.isDigit(ch) and ch != '_' and ch != '.')
        return false;
    return true;
}

fn workingDirectory(c: *context.Context) ?[]const u8 {
    return c.env.nonEmpty("PWD");
}

/// The nearest folder with a telling name, two levels up at most.
fn folderName(path: []const u8) ?[]const u8 {
    var folder = path;
    var level: usize = 0;
    while (level < 3) : (level += 1) {
        const name = text.basename(folder);
        if (isTelling(name)) return name;
        folder = text.dirname(folder);
    }
    return null;
}

fn isTelling(name: []const u8) bool {
    return name.len > 1 and name[0] != '.' and !text.inList(generic, name);
}

fn stem(file: []const u8) []const u8 {
    const dot = text.lastIndexOfByte(file, '.') orelse return file;
    return if (dot == 0) file else file[0..dot];
}

/// Only for the main process: systemd tells its number (SYSTEMD_EXEC_PID, since version 248). A
/// job started by cron.service is not cron.
fn unitName(c: *context.Context) ?[]const u8 {
    const pid = text.wholeNumber(c.env.nonEmpty("SYSTEMD_EXEC_PID") orelse return null) orelse
        return null;
    if (pid != linux.getpid()) return null;
    return switch (files.readText(c.arena, "/proc/self/cgroup", 4096)) {
        .bytes => |b| unitIn(c, b),
        else => null,
    };
}

/// From "0::/system.slice/shop.service" or the "name=systemd" line of cgroup v1.
fn unitIn(c: *context.Context, cgroups: []const u8) ?[]const u8 {
    var lines = text.Split{ .rest = cgroups, .separator = '\n' };
    while (lines.next()) |line| {
        const path = if (text.startsWith(line, "0::")) line[3..] else blk: {
            const at = text.indexOf(line, ":name=systemd:") orelse continue;
            break :blk line[at + 14 ..];
        };
        var parts = text.Split{ .rest = path, .separator = '/' };
        var unit: ?[]const u8 = null;
        while (parts.next()) |part| if (text.endsWith(part, ".service")) {
            unit = part[0 .. part.len - ".service".len];
        };
        const name = unit orelse continue;
        if (text.startsWith(name, "user@") or text.startsWith(name, "run-")) return null;
        return unescaped(c, name[0 .. text.indexOfByte(name, '@') orelse name.len]);
    }
    return null;
}

/// systemd writes '-' and others as \x2d.
fn unescaped(c: *context.Context, name: []const u8) ?[]const u8 {
    var b = text.Buffer.init(c.arena, name.len);
    var i: usize = 0;
    while (i < name.len) : (i += 1) {
        if (name[i] == '\\' and i + 3 < name.len and name[i + 1] == 'x') {
            const high = hexDigit(name[i + 2]) orelse return null;
            const low = hexDigit(name[i + 3]) orelse return null;
            b.addByte(high << 4 | low);
            i += 3;
        } else b.addByte(name[i]);
    }
    return if (b.overflow or b.len == 0) null else b.text();
}

fn hexDigit(c: u8) ?u8 {
    if (text.isDigit(c)) return c - '0';
    if (c >= 'a' and c <= 'f') return c - 'a' + 10;
    return null;
}

const std = @import("std");
const expect = std.testing.expect;
const eq = std.testing.expectEqualStrings;
const Arena = @import("arena.zig").Arena;
const Block = @import("environ.zig").Block;
const process = @import("process.zig");

fn derived(runtime: Runtime, argv: []const ?[*:0]const u8, command: context.Command) ?[]const u8 {
    const S = struct {
        var arena = Arena{};
    };
    const p = process.Process{ .argv = argv };
    var env = Block.copyOf(&S.arena, &.{"PWD=/home/ann/shop"}).?;
    var c = context.Context{
        .arena = &S.arena,
        .process = &p,
        .env = &env,
        .config = undefined,
        .record = undefined,
        .log = .{},
        .libc = .glibc,
    };
    return derive(&c, runtime, command);
}

test "scripts, folders, modules" {
    try eq("billing", derived(.nodejs, &.{}, .{
        .kind = .program,
        .program = "/srv/x/billing.js",
    }).?);
    try eq("shop", derived(.nodejs, &.{}, .{
        .kind = .program,
        .program = "/srv/shop/dist/index.js",
    }).?);
    try eq("shop", derived(.nodejs, &.{}, .{ .kind = .program, .program = "server.js" }).?);
    try expect(derived(.nodejs, &.{}, .{ .kind = .program, .program = "/app/server.js" }) == null);
    try eq("Main", derived(.jvm, &.{}, .{ .kind = .module, .program = "com.acme.Main" }).?);
    try expect(derived(.jvm, &.{}, .{ .kind = .program, .program = "shop.jar" }) == null);
    try expect(derived(.nodejs, &.{}, .{ .kind = .evaluate }) == null);
}

test "application servers are named after what they serve" {
    const argv = [_]?[*:0]const u8{ "python3", "/usr/bin/gunicorn", "-b", "0.0.0.0:80", "orders.wsgi:application" };
    try eq("orders", derived(.python, &argv, .{
        .kind = .program,
        .program = "/usr/bin/gunicorn",
        .rest = 2,
    }).?);
    try eq("shop", derived(.ruby, &.{}, .{
        .kind = .program,
        .program = "/usr/bin/puma",
        .rest = 2,
    }).?);
}

test "units" {
    var arena = Arena{};
    var c: context.Context = undefined;
    c.arena = &arena;
    try eq("shop-api", unitIn(&c, "0::/system.slice/shop\\x2dapi.service\n").?);
    try eq("shop", unitIn(&c, "12:cpu:/x\n1:name=systemd:/system.slice/shop@3.service/main\n").?);
    try expect(unitIn(&c, "0::/user.slice/user-1000.slice/user@1000.service\n") == null);
    try expect(unitIn(&c, "0::/\n") == null);
    try expect(unitIn(&c, "0::/system.slice/run-u12.service") == null);
}
