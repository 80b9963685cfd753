// SPDX-License-Identifier: Apache-2.0
//! Python: `PREFIX/{glibc,musl}` in front of PYTHONPATH; its sitecustomize.py does the rest.
const config = @import("config.zig");
const context = @import("context.zig");
const files = @import("files.zig");
const process = @import("process.zig");
const symbols = @import("symbols.zig");
const text = @import("text.zig");

pub const name = "python";
const variable = "PYTHONPATH";

/// By symbol and name: gdb, vim and others embed Python for themselves.
pub fn detect(p: *const process.Process) bool {
    return symbols.hasPython() and p.isNamed("python uwsgi");
}

const Options = struct {
    command: context.Command = .{},
    /// -E, -I or -S: PYTHONPATH or sitecustomize.py is not read, so nothing could come of it.
    ignores_agent: bool = false,
};

pub fn command(p: *const process.Process) context.Command {
    return parse(p).command;
}

fn parse(p: *const process.Process) Options {
    var o = Options{};
    if (!p.isNamed("python")) return o;
    var i: usize = 1;
    while (p.argument(i)) |a| : (i += 1) {
        if (a.len < 2 or a[0] != '-') {
            if (a.len > 0 and a[0] != '-')
                o.command = .{ .kind = .program, .program = a, .rest = i + 1 };
            return o;
        }
        if (a[1] == '-') {
            if (text.eql(a, "--version") or text.startsWith(a, "--help"))
                o.command.kind = .informational;
            if (text.eql(a, "--check-hash-based-pycs")) i += 1;
            if (o.command.kind == .informational) return o;
            continue;
        }
        if (cluster(&o, p, a, &i)) return o;
    }
    return o;
}

/// One argument of short options; true when it ends the interpreter's own.
fn cluster(o: *Options, p: *const process.Process, a: []const u8, i: *usize) bool {
    for (a[1..], 1..) |flag, k| {
        const attached = a[k + 1 ..];
        switch (flag) {
            'E', 'I', 'S' => o.ignores_agent = true,
            'V', 'h', '?' => {
                o.command.kind = .informational;
                return true;
            },
            'c' => {
                o.command = .{ .kind = .evaluate, .rest = i.* };
                return true;
            },
            'm' => {
                const module = if (attached.len > 0) attached else p.argument(i.* + 1) orelse "";
                const rest = if (attached.len > 0) i.* + 1 else i.* + 2;
                o.command = .{ .kind = .module, .program = module, .rest = rest };
                return true;
            },
            'W', 'X' => {
                if (attached.len == 0) i.* += 1;
                return false;
            },
            else => {},
        }
    }
    return false;
}

/// Nothing could come of an injection, whatever is configured.
pub fn isFutile(p: *const process.Process) bool {
    return parse(p).ignores_agent;
}

pub fn inject(c: *context.Context) context.Verdict {
    const prefix = text.trimEnd(c.config.python_prefix, '/');
    if (prefix.len == 0) return .no_agent;
    if (text.indexOfByte(prefix, ':') != null) return .path_not_expressible;
    if (symbols.pythonVersion(c.process)) |v| {
        if (!config.isAtLeast(.{ .major = v.major, .minor = v.minor }, c.config.python_minimum))
            return .version_too_old;
    }
    const directory = text.join(c.arena, &.{ prefix, "/", c.libcName() }) orelse
        return .out_of_memory;
    if (verdictOn(c.env.get(variable) orelse "", directory)) |verdict| return verdict;
    if (!files.isUsableDirectory(directory)) return .agent_unusable;
    return if (c.prepend(variable, directory, ":")) .injected else .out_of_memory;
}

fn verdictOn(value: []const u8, directory: []const u8) ?context.Verdict {
    var parts = text.Split{ .rest = value, .separator = ':' };
    while (parts.next()) |part| {
        if (text.eql(text.trimEnd(part, '/'), directory)) return .already_injected;
        if (text.contains(part, "/otel-auto-instrumentation")) return .other_agent;
    }
    return null;
}

const std = @import("std");
const expect = std.testing.expect;
const eq = std.testing.expectEqualStrings;

fn parsed(argv: []const ?[*:0]const u8) Options {
    const p = process.Process{ .argv = argv, .execfn = "/usr/bin/python3" };
    return parse(&p);
}

test "script, module, code and flags" {
    try eq("app.py", parsed(&.{ "python3", "-u", "-X", "dev", "app.py", "-S" }).command.program);
    try eq("flask", parsed(&.{ "python3", "-um", "flask", "run" }).command.program);
    try eq("pip", parsed(&.{ "python3", "-mpip" }).command.program);
    try expect(parsed(&.{ "python3", "-Sc", "0" }).ignores_agent);
    try expect(parsed(&.{ "python3", "-I", "x.py" }).ignores_agent);
    try expect(!parsed(&.{ "python3", "x.py", "-I" }).ignores_agent);
    try expect(!parsed(&.{ "python3", "-c", "-E" }).ignores_agent);
    try expect(!parsed(&.{ "python3", "-W", "-S", "x.py" }).ignores_agent);
    try expect(parsed(&.{ "python3", "-V" }).command.kind == .informational);
    try expect(parsed(&.{ "python3", "" }).command.kind == .unknown);
}

test "a directory counts as there only as a whole element" {
    try expect(verdictOn("/x:/p/glibc/", "/p/glibc").? == .already_injected);
    try expect(verdictOn("/p/glibc-extra", "/p/glibc") == null);
    try expect(verdictOn("/otel-auto-instrumentation-python/opentelemetry", "/p").? == .other_agent);
    try expect(verdictOn("", "/p") == null);
}
