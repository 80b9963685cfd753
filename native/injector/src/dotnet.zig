// SPDX-License-Identifier: Apache-2.0
//! .NET: the profiler and the start-up hook. `dotnet app.dll` is known by its name; an apphost
//! (`./app` beside `app.dll`) by the marker that every apphost carries in its data segment.
const builtin = @import("builtin");
const context = @import("context.zig");
const files = @import("files.zig");
const limits = @import("limits.zig");
const modules = @import("modules.zig");
const process = @import("process.zig");
const text = @import("text.zig");

pub const name = "dotnet";

pub fn detect(p: *const process.Process) bool {
    if (isHost(p)) return assembly(p).len > 0;
    return isApphost(p);
}

/// By its exact name: `dotnet-trace` and the like are apphosts.
fn isHost(p: *const process.Process) bool {
    if (text.eql(text.basename(p.execfn), name)) return true;
    return text.eql(text.basename(p.argument(0) orelse return false), name);
}

const host_options_with_value =
    "--additionalprobingpath --additional-deps --depsfile --runtimeconfig " ++
    "" ++
    "--fx-version --roll-forward --roll-forward-on-no-candidate-fx";

/// `dotnet [exec] [host options] app.dll`; "" for a command of the SDK such as `dotnet build`.
fn assembly(p: *const process.Process) []const u8 {
    var i: usize = 1;
    while (p.argument(i)) |a| : (i += 1) {
        if (text.endsWith(a, ".dll") or text.endsWith(a, ".exe")) return a;
        if (i == 1 and text.eql(a, "exec")) continue;
        if (!text.inList(host_options_with_value, a)) return "";
        i += 1;
    }
    return "";
}

pub fn command(p: *const process.Process) context.Command {
    if (!isHost(p)) return .{ .kind = .program, .program = p.execfn, .rest = 1 };
    return .{ .kind = .program, .program = assembly(p) };
}

const profiler_id = "{918728DD-259F-4A6A-AC2B-B85E1B658318}";
const owned = [_][]const u8{
    "CORECLR_ENABLE_PROFILING", "CORECLR_PROFILER",       "CORECLR_PROFILER_PATH",
    "DOTNET_STARTUP_HOOKS",     "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE",
};
const architecture = if (builtin.cpu.arch == .x86_64) "x64" else "arm64";

pub fn inject(c: *context.Context) context.Verdict {
    const prefix = text.trimEnd(c.config.dotnet_prefix, '/');
    if (prefix.len == 0) return .no_agent;
    if (text.indexOfByte(prefix, ':') != null) return .path_not_expressible;
    // There can be one profiler only.
    for (owned) |variable| if (c.env.has(variable)) return .own_settings;
    if (applicationVerdict(c)) |v| return v;
    const system = if (c.libc == .musl) "/linux-musl-" else "/linux-";
    const home = text.join(c.arena, &.{ prefix, "/", c.libcName() }) orelse return .out_of_memory;
    const native = text.join(c.arena, &.{ home, system, architecture, "/OpenTelemetry.AutoInstrumentation.Native.so" }) orelse
        return .out_of_memory;
    const hook = text.join(c.arena, &.{ home, "/net/OpenTelemetry.AutoInstrumentation.StartupHook.dll" }) orelse
        return .out_of_memory;
    // A start-up hook that is missing keeps the application from starting.
    if (!files.isUsable(native, 0) or !files.isUsable(hook, 0)) return .agent_unusable;
    const ok = c.create("CORECLR_ENABLE_PROFILING", "1") and
        c.create("CORECLR_PROFILER", profiler_id) and
        c.create("CORECLR_PROFILER_PATH", native) and
        c.create("DOTNET_STARTUP_HOOKS", hook) and
        (c.env.has("OTEL_DOTNET_AUTO_HOME") or c.create("OTEL_DOTNET_AUTO_HOME", home)) and
        createIfDirectory(c, "DOTNET_ADDITIONAL_DEPS", home, "/AdditionalDeps") and
        createIfDirectory(c, "DOTNET_SHARED_STORE", home, "/store");
    return if (ok) .injected else .out_of_memory;
}

fn createIfDirectory(
    c: *context.Context,
    variable: []const u8,
    home: []const u8,
    sub: []const u8,
) bool {
    const path = text.join(c.arena, &.{ home, sub }) orelse return false;
    return !files.isUsableDirectory(path) or c.create(variable, path);
}

/// What runtimeconfig.json and deps.json beside the application say against it.
fn applicationVerdict(c: *context.Context) ?context.Verdict {
    const host = isHost(c.process);
    const stem = if (host) withoutExtension(assembly(c.process)) else files.executable(c.arena) orelse
        return .agent_unusable;
    const runtime = text.join(c.arena, &.{ stem, ".runtimeconfig.json" }) orelse
        return .out_of_memory;
    switch (files.readText(c.arena, runtime, limits.config_bytes)) {
        .bytes => |json| if (targetMajor(json)) |major| {
            if (major < c.config.dotnet_minimum.major) return .version_too_old;
        },
        // `dotnet app.dll` may name another file; an apphost always has this one.
        else => if (!host) return .agent_unusable,
    }
    const deps = text.join(c.arena, &.{ stem, ".deps.json" }) orelse return .out_of_memory;
    switch (files.readText(c.arena, deps, limits.deps_json_bytes)) {
        // OpenTelemetry.Api alone is only an interface and no reason to stand down.
        .bytes => |json| if (text.contains(json, "\"OpenTelemetry.AutoInstrumentation")) return .other_agent,
        else => {},
    }
    return null;
}

fn withoutExtension(path: []const u8) []const u8 {
    return path[0 .. path.len - 4];
}

/// Major version of `"tfm": "net8.0"`, else of the framework named there.
fn targetMajor(json: []const u8) ?u32 {
    const tfm = stringAfter(json, "\"tfm\"") orelse {
        const at = text.indexOf(json, "\"Microsoft.NETCore.App\"") orelse return null;
        return text.leadingNumber(stringAfter(json[at..], "\"version\"") orelse return null);
    };
    for ([_][]const u8{ "netcoreapp", "net" }) |family| {
        if (text.startsWith(tfm, family)) return text.leadingNumber(tfm[family.len..]);
    }
    return null;
}

fn stringAfter(json: []const u8, key: []const u8) ?[]const u8 {
    const at = text.indexOf(json, key) orelse return null;
    const rest = json[at + key.len ..];
    const colon = text.indexOfByte(rest, ':') orelse return null;
    const value = text.trim(rest[colon + 1 ..]);
    if (value.len == 0 or value[0] != '"') return null;
    const end = text.indexOfByte(value[1..], '"') orelse return null;
    return value[1..][0..end];
}

/// SHA-256 of ".net core bundle\n", which the SDK looks for when it makes an apphost a bundle. The
/// eight bytes before it are the offset of the bundle, zero for a plain apphost. Stored inverted,
/// so that this library does not carry the marker itself.
const marker_inverted = [32]u8{
    0x74, 0xed, 0xfd, 0x46, 0x95, 0x9e, 0xdf, 0xc7, 0x8d, 0x84, 0x6c, 0xfd, 0xeb, 0x28, 0x5f, 0xcd,
    0xec, 0x0a, 0x46, 0x19, 0x10, 0x51, 0xcc, 0xe7, 0x11, 0xc4, 0xd2, 0x31, 0xdb, 0x4c, 0x95, 0x51,
};

/// The path of the application takes 1024 bytes beside the marker.
const apphost_least_bytes = 1024 + 8 + marker_inverted.len;

const PT_LOAD = 1;
const PT_GNU_RELRO = 0x6474e552;
const PF_W = 2;

/// Looks into the program's own data, found by its program headers in memory.
fn isApphost(p: *const process.Process) bool {
    if (p.explicit_loader) return false;
    const headers = modules.programHeaders(p) orelse return false;
    var relro_end: usize = 0;
    for (headers) |h| {
        if (h.type == PT_GNU_RELRO) relro_end = h.vaddr + h.memsz;
    }
    for (headers) |h| {
        if (h.type != PT_LOAD or h.flags & PF_W == 0) continue;
        const end = h.vaddr + h.filesz;
        const start = @max(h.vaddr, @min(relro_end, end));
        // Anything else than an apphost is told by the size, so its data is not even touched.
        if (end - start < apphost_least_bytes or end - start > limits.apphost_data_bytes)
            return false;
        const data: [*]const u8 = @ptrFromInt((modules.bias(p, headers) orelse return false) +% start);
        if (hasMarker(data[0 .. end - start])) return true;
    }
    return false;
}

fn hasMarker(data: []const u8) bool {
    if (data.len < marker_inverted.len + 8) return false;
    var i: usize = 8;
    while (i + marker_inverted.len <= data.len) : (i += 1) {
        if (data[i] != ~marker_inverted[0]) continue;
        for (marker_inverted, data[i..][0..marker_inverted.len]) |m, d| {
            if (d != ~m) break;
        } else {
            for (data[i - 8 ..][0..8]) |b| if (b != 0) return false;
            return true;
        }
    }
    return false;
}

const std = @import("std");
const expect = std.testing.expect;

test "the marker is the hash it is said to be" {
    var digest: [32]u8 = undefined;
    std.crypto.hash.sha2.Sha256.hash(".net core bundle\n", &digest, .{});
    for (digest, marker_inverted) |d, m| try expect(d == ~m);
    var data: [64]u8 = @splat(0);
    @memcpy(data[16..48], &digest);
    try expect(hasMarker(&data));
    data[12] = 1;
    try expect(!hasMarker(&data));
    try expect(!hasMarker(data[0..47]));
}

test "assemblies, and commands of the SDK" {
    const run = process.Process{
        .argv = &.{ "dotnet", "exec", "--depsfile", "x.json", "/a/app.dll", "b.dll" },
    };
    try expect(text.eql(assembly(&run), "/a/app.dll"));
    const sdk = process.Process{ .argv = &.{ "dotnet", "build", "app.dll" } };
    try expect(assembly(&sdk).len == 0);
    const none = process.Process{ .argv = &.{"dotnet"} };
    try expect(assembly(&none).len == 0);
}

test "the target framework" {
    try expect(targetMajor("{\"runtimeOptions\":{\"tfm\" : \"net8.0\"}}").? == 8);
    try expect(targetMajor("{\"tfm\":\"netcoreapp3.1\"}").? == 3);
    try expect(targetMajor("{\"framework\":{\"name\":\"Microsoft.NETCore.App\",\"version\":\"9.0.1\"}}").? == 9);
    try expect(targetMajor("{\"tfm\":3}") == null);
    try expect(targetMajor("{\"tfm\"") == null);
}
