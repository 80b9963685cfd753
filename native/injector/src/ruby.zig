// SPDX-License-Identifier: Apache-2.0
//! Ruby: `-r PREFIX/{glibc,musl}/opentelemetry-auto-instrumentation.rb` in front of RUBYOPT, and
//! the place of the bundled gems beside it.
const config = @import("config.zig");
const context = @import("context.zig");
const files = @import("files.zig");
const process = @import("process.zig");
const symbols = @import("symbols.zig");
const text = @import("text.zig");

pub const name = "ruby";
const variable = "RUBYOPT";
const gem_path = "OTEL_RUBY_ADDITIONAL_GEM_PATH";

/// By symbol and name: vim and others embed Ruby for themselves.
pub fn detect(p: *const process.Process) bool {
    return symbols.hasRuby() and p.isNamed("ruby");
}

const with_value = "-r -I -C -E --encoding --external-encoding --internal-encoding -X";
/// RUBYOPT is not read, or the agent's gems could not be loaded and Ruby would not start.
const incompatible = "--disable-gems --disable-gem --disable=gems --disable=gem --disable-all " ++
    "--disable=all --disable-rubyopt --disable=rubyopt";

pub fn command(p: *const process.Process) context.Command {
    var i: usize = 1;
    while (p.argument(i)) |a| : (i += 1) {
        if (a.len < 2 or a[0] != '-') {
            if (a.len == 0 or a[0] == '-') return .{};
            return .{ .kind = .program, .program = a, .rest = i + 1 };
        }
        if (text.inList("--version --help -h --copyright --yydebug", a))
            return .{ .kind = .informational };
        if (text.eql(a, "-v") and p.argument(i + 1) == null) return .{ .kind = .informational };
        if (text.eql(a, "--")) {
            return .{
                .kind = .program,
                .program = p.argument(i + 1) orelse return .{},
                .rest = i + 2,
            };
        }
        if (a[1] == 'e') return .{ .kind = .evaluate, .rest = i };
        if (text.inList(with_value, a)) i += 1;
    }
    return .{};
}

pub fn inject(c: *context.Context) context.Verdict {
    const prefix = text.trimEnd(c.config.ruby_prefix, '/');
    if (prefix.len == 0) return .no_agent;
    for (prefix) |ch| if (text.isBlank(ch)) return .path_not_expressible;
    if (c.env.has(gem_path)) return .own_settings;
    if (versionOf(symbols.rubyVersionText(c.process))) |v| {
        if (!config.isAtLeast(v, c.config.ruby_minimum)) return .version_too_old;
    }
    const last = command(c.process).rest;
    var i: usize = 1;
    while (c.process.argument(i)) |a| : (i += 1) {
        if (last != 0 and i >= last) break;
        if (text.inList(incompatible, a)) return .incompatible_options;
    }
    const directory = text.join(c.arena, &.{ prefix, "/", c.libcName() }) orelse
        return .out_of_memory;
    const hook = text.join(c.arena, &.{ directory, "/opentelemetry-auto-instrumentation.rb" }) orelse
        return .out_of_memory;
    if (verdictOn(c.env.get(variable) orelse "", hook)) |v| return v;
    if (!files.isUsable(hook, 1)) return .agent_unusable;
    const option = text.join(c.arena, &.{ "-r ", hook }) orelse return .out_of_memory;
    if (!c.prepend(variable, option, " ")) return .out_of_memory;
    return if (c.create(gem_path, directory)) .injected else .out_of_memory;
}

fn verdictOn(value: []const u8, hook: []const u8) ?context.Verdict {
    var words = text.Split{ .rest = value, .separator = ' ' };
    while (words.next()) |word| {
        if (text.inList(incompatible, word)) return .incompatible_options;
        const library = if (text.startsWith(word, "-r")) word[2..] else word;
        if (text.eql(library, hook)) return .already_injected;
        if (text.contains(library, "opentelemetry-auto-instrumentation")) return .other_agent;
    }
    return null;
}

fn versionOf(version_text: ?[*:0]const u8) ?config.Version {
    const s = text.span(version_text orelse return null);
    const major = text.leadingNumber(s) orelse return null;
    const dot = text.indexOfByte(s, '.') orelse return null;
    return .{ .major = major, .minor = text.leadingNumber(s[dot + 1 ..]) orelse return null };
}

const std = @import("std");
const expect = std.testing.expect;

test "the hook counts as there only as a whole word" {
    try expect(verdictOn("-w -r /p/x.rb", "/p/x.rb").? == .already_injected);
    try expect(verdictOn("-r/p/x.rb", "/p/x.rb").? == .already_injected);
    try expect(verdictOn("-r /p/x.rb.bak", "/p/x.rb") == null);
    try expect(verdictOn("-ropentelemetry-auto-instrumentation", "/p/x.rb").? == .other_agent);
    try expect(verdictOn("--disable-gems", "/p/x.rb").? == .incompatible_options);
}

test "version and command" {
    try expect(versionOf("3.1.2").?.minor == 1);
    try expect(versionOf("x") == null);
    const puma = process.Process{
        .argv = &.{ "ruby", "-I", "lib", "/usr/bin/puma", "-e", "production" },
    };
    try expect(text.eql(command(&puma).program, "/usr/bin/puma"));
    const eval = process.Process{ .argv = &.{ "ruby", "-e", "0" } };
    try expect(command(&eval).kind == .evaluate);
    const version = process.Process{ .argv = &.{ "ruby", "-v" } };
    try expect(command(&version).kind == .informational);
}
