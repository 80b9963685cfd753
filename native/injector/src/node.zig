// SPDX-License-Identifier: Apache-2.0
//! Node.js: `--require PATH` in front of NODE_OPTIONS.
const config = @import("config.zig");
const context = @import("context.zig");
const files = @import("files.zig");
const process = @import("process.zig");
const symbols = @import("symbols.zig");
const text = @import("text.zig");

pub const name = "nodejs";
const variable = "NODE_OPTIONS";

/// By symbol and name: Electron programs export node::Start too and refuse --require.
pub fn detect(p: *const process.Process) bool {
    return symbols.hasNode() and p.isNamed("node nodejs");
}

const informational = "-v --version -h --help --v8-options --completion-bash --prof-process";
const evaluating = "-e --eval -p --print -pe";
const with_value =
    "-r --require --import --loader --experimental-loader -C --conditions " ++
    "--env-file " ++
    "--env-file-if-exists --title --input-type --icu-data-dir --openssl-config --redirect-warnings";

pub fn command(p: *const process.Process) context.Command {
    var i: usize = 1;
    while (p.argument(i)) |a| : (i += 1) {
        if (text.inList(informational, a)) return .{ .kind = .informational };
        if (text.inList(evaluating, a) or text.startsWith(a, "--eval="))
            return .{ .kind = .evaluate, .rest = i };
        if (text.eql(a, "--")) {
            return .{
                .kind = .program,
                .program = p.argument(i + 1) orelse return .{},
                .rest = i + 2,
            };
        }
        if (a.len == 0 or text.eql(a, "-")) return .{ .rest = i };
        if (a[0] != '-') return .{ .kind = .program, .program = a, .rest = i + 1 };
        if (text.inList(with_value, a)) i += 1;
    }
    return .{};
}

pub fn inject(c: *context.Context) context.Verdict {
    const agent = c.config.nodejs_agent;
    if (agent.len == 0) return .no_agent;
    if (text.indexOfByte(agent, '\n') != null) return .path_not_expressible;
    if (versionOf(symbols.v8Version(c.process))) |v| {
        if (!config.isAtLeast(.{ .major = v }, c.config.nodejs_minimum)) return .version_too_old;
    }
    const last = command(c.process).rest;
    var line = Flags{ .agent = agent };
    var i: usize = 1;
    while (c.process.argument(i)) |a| : (i += 1) {
        if (last != 0 and i >= last) break;
        if (line.see(a)) |v| return v;
    }
    const old = c.env.get(variable) orelse "";
    const buffer = c.arena.alloc(old.len) orelse return .out_of_memory;
    var options = Options{ .rest = old };
    var there = Flags{ .agent = agent };
    while (options.next(buffer)) |o| if (there.see(o)) |v| return v;
    const path = text.join(c.arena, &.{agent}) orelse return .out_of_memory;
    if (!files.isUsable(path, 1)) return .agent_unusable;
    const option = optionOf(c, agent) orelse return .out_of_memory;
    return if (c.prepend(variable, option, " ")) .injected else .out_of_memory;
}

/// Looks at options one after the other, as `--require PATH`, `-r PATH`, `--import=PATH`.
const Flags = struct {
    agent: []const u8,
    value_next: bool = false,

    fn see(self: *Flags, option: []const u8) ?context.Verdict {
        if (self.value_next) {
            self.value_next = false;
            return self.judge(option);
        }
        // Under the permission model the agent may not read its own files.
        if (text.eql(option, "--permission") or text.eql(option, "--experimental-permission"))
            return .incompatible_options;
        self.value_next = text.inList("-r --require --import", option);
        for ([_][]const u8{ "--require=", "--import=" }) |prefix| {
            if (text.startsWith(option, prefix)) return self.judge(option[prefix.len..]);
        }
        return null;
    }

    fn judge(self: *const Flags, module: []const u8) ?context.Verdict {
        if (text.eql(module, self.agent)) return .already_injected;
        if (text.startsWith(module, "@opentelemetry/auto-instrumentations-node"))
            return .other_agent;
        if (text.contains(module, "/otel-auto-instrumentation")) return .other_agent;
        return null;
    }
};

/// Node.js splits at spaces; inside double quotes a backslash escapes (node_options.cc,
/// ParseNodeOptionsEnvVar).
fn optionOf(c: *context.Context, agent: []const u8) ?[]const u8 {
    if (text.indexOfByte(agent, ' ') == null and text.indexOfByte(agent, '"') == null) {
        return text.join(c.arena, &.{ "--require ", agent });
    }
    var b = text.Buffer.init(c.arena, 12 + 2 * agent.len);
    b.add("--require \"");
    for (agent) |ch| {
        if (ch == '"' or ch == '\\') b.addByte('\\');
        b.addByte(ch);
    }
    b.addByte('"');
    return b.textZ();
}

const Options = struct {
    rest: []const u8,

    fn next(self: *Options, buffer: []u8) ?[]const u8 {
        const s = self.rest;
        var i: usize = 0;
        while (i < s.len and s[i] == ' ') i += 1;
        if (i == s.len) return null;
        var out: usize = 0;
        var quoted = false;
        while (i < s.len and (quoted or s[i] != ' ')) : (i += 1) {
            if (s[i] == '"') {
                quoted = !quoted;
                continue;
            }
            if (quoted and s[i] == '\\' and i + 1 < s.len) i += 1;
            buffer[out] = s[i];
            out += 1;
        }
        self.rest = s[i..];
        return buffer[0..out];
    }
};

/// Major version of Node.js by the first V8 of its line (nodejs.org/dist/index.json); null when
/// V8's is not exported.
fn versionOf(v8: ?symbols.Version) ?u32 {
    const v = v8 orelse return null;
    const table = [_]struct { u32, u32, u32 }{
        .{ 13, 6, 24 }, .{ 12, 8, 23 }, .{ 12, 4, 22 }, .{ 11, 8, 21 }, .{ 11, 3, 20 },
        .{ 10, 7, 19 }, .{ 10, 1, 18 }, .{ 9, 5, 17 },  .{ 9, 0, 16 },  .{ 8, 6, 15 },
        .{ 8, 1, 14 },
    };
    for (table) |t| if (v.major > t[0] or (v.major == t[0] and v.minor >= t[1])) return t[2];
    return 12;
}

const std = @import("std");
const expect = std.testing.expect;
const eq = std.testing.expectEqualStrings;

fn judged(options: []const u8, agent: []const u8) ?context.Verdict {
    var buffer: [256]u8 = undefined;
    var it = Options{ .rest = options };
    var flags = Flags{ .agent = agent };
    while (it.next(&buffer)) |o| if (flags.see(o)) |v| return v;
    return null;
}

test "the agent counts as there only as a whole path" {
    try expect(judged("--inspect --require /a/r.js", "/a/r.js").? == .already_injected);
    try expect(judged("-r \"/a b/r.js\"", "/a b/r.js").? == .already_injected);
    try expect(judged("--import=/a/r.js", "/a/r.js").? == .already_injected);
    try expect(judged("--require /a/r.js.bak", "/a/r.js") == null);
    try expect(judged("--title /a/r.js", "/a/r.js") == null);
    try expect(judged("--permission", "/a/r.js").? == .incompatible_options);
    try expect(judged("--require @opentelemetry/auto-instrumentations-node/register", "/a").? == .other_agent);
}

test "quotes and escapes" {
    var buffer: [64]u8 = undefined;
    var it = Options{ .rest = "  --a=\"x \\\"y\\\\\" -b\\c " };
    try eq("--a=x \"y\\", it.next(&buffer).?);
    try eq("-b\\c", it.next(&buffer).?);
    try expect(it.next(&buffer) == null);
}

test "Node.js by its V8" {
    try expect(versionOf(.{ .major = 11, .minor = 3 }).? == 20);
    try expect(versionOf(.{ .major = 10, .minor = 2 }).? == 18);
    try expect(versionOf(.{ .major = 12, .minor = 4 }).? == 22);
    try expect(versionOf(.{ .major = 14, .minor = 0 }).? == 24);
    try expect(versionOf(.{ .major = 6, .minor = 0 }).? == 12);
    try expect(versionOf(null) == null);
}

test "script, evaluation, information" {
    const argv = [_]?[*:0]const u8{ "node", "--max-old-space-size=100", "-r", "./x", "/srv/shop/server.js", "-v" };
    const p = process.Process{ .argv = &argv };
    try eq("/srv/shop/server.js", command(&p).program);
    const version = process.Process{ .argv = &.{ "node", "--version" } };
    try expect(command(&version).kind == .informational);
    const eval = process.Process{ .argv = &.{ "node", "-e", "0" } };
    try expect(command(&eval).kind == .evaluate);
}
