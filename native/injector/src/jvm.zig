// SPDX-License-Identifier: Apache-2.0
//! Java: `-javaagent:PATH` at the end of JAVA_TOOL_OPTIONS, so that the user's own come first.
const config = @import("config.zig");
const context = @import("context.zig");
const files = @import("files.zig");
const limits = @import("limits.zig");
const process = @import("process.zig");
const symbols = @import("symbols.zig");
const text = @import("text.zig");

pub const name = "jvm";
const variable = "JAVA_TOOL_OPTIONS";
/// An archive without members.
const least_jar_bytes = 22;
/// Java 8 ignores a longer variable as a whole, and options beyond that many
/// (hotspot, Arguments::parse_options_environment_variable).
const java8_bytes = 1023;
const java8_options = 64;

/// All tools of a JDK link libjli: only `java` itself starts applications. jsvc loads libjvm later.
pub fn detect(p: *const process.Process) bool {
    return (symbols.hasJavaLauncher() and p.isNamed("java")) or p.isNamed("jsvc");
}

const informational =
    "-version --version -fullversion --full-version -help --help -h -? -X " ++
    "--help-extra " ++
    "--list-modules --describe-module -d --validate-modules --dry-run";
const with_value =
    "-cp -classpath --class-path -p --module-path --upgrade-module-path " ++
    "--add-modules " ++
    "--add-reads --add-exports --add-opens --limit-modules --patch-module " ++
    "--enable-native-access --source";

pub fn command(p: *const process.Process) context.Command {
    if (!p.isNamed("java")) return .{};
    var i: usize = 1;
    while (p.argument(i)) |a| : (i += 1) {
        if (a.len == 0 or a[0] == '@') return .{};
        if (a[0] != '-') return .{ .kind = .module, .program = a, .rest = i + 1 };
        if (text.inList(informational, a)) return .{ .kind = .informational };
        if (text.eql(a, "-jar")) {
            return .{
                .kind = .program,
                .program = p.argument(i + 1) orelse return .{},
                .rest = i + 2,
            };
        }
        if (text.eql(a, "-m") or text.eql(a, "--module")) {
            const module = p.argument(i + 1) orelse return .{};
            const slash = text.indexOfByte(module, '/');
            const main = if (slash) |s| module[s + 1 ..] else module;
            return .{ .kind = .module, .program = main, .rest = i + 2 };
        }
        if (text.inList(with_value, a)) i += 1;
    }
    return .{};
}

pub fn inject(c: *context.Context) context.Verdict {
    const agent = c.config.jvm_agent;
    if (agent.len == 0) return .no_agent;
    // The JVM cuts the path at '='; there is no escape.
    if (text.indexOfByte(agent, '=') != null or text.indexOfByte(agent, '\n') != null)
        return .path_not_expressible;
    if (isOldLauncher(c)) return .version_too_old;
    if (commandLineVerdict(c, agent)) |v| return v;
    const option = optionOf(c, agent) orelse return .out_of_memory;
    for ([_][]const u8{ variable, "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS" }) |n| {
        const value = c.env.nonEmpty(n) orelse continue;
        var it = Options{ .rest = value };
        const buffer = c.arena.alloc(value.len) orelse return .out_of_memory;
        while (it.next(buffer)) |o| if (agentVerdict(o, agent)) |v| return v;
    }
    const path = text.join(c.arena, &.{agent}) orelse return .out_of_memory;
    // A missing or empty jar keeps every JVM of the host from starting.
    if (!files.isUsable(path, least_jar_bytes)) return .agent_unusable;
    // Then the user's own options would be lost, or ours not be read.
    if (isBeyondJava8(c.env.get(variable) orelse "", option) and !symbols.hasJava9Launcher(c.process))
        return .path_not_expressible;
    return if (c.append(variable, option, " ")) .injected else .out_of_memory;
}

fn commandLineVerdict(c: *context.Context, agent: []const u8) ?context.Verdict {
    const last = command(c.process).rest;
    var i: usize = 1;
    while (c.process.argument(i)) |a| : (i += 1) {
        if (last != 0 and i >= last) break;
        // Dumping a class data archive fails as soon as there is an agent.
        if (text.eql(a, "-Xshare:dump") or text.startsWith(a, "-XX:ArchiveClassesAtExit"))
            return .incompatible_options;
        if (agentVerdict(a, agent)) |v| return v;
    }
    return null;
}

/// Whether this option loads our agent, or another build of it.
fn agentVerdict(option: []const u8, agent: []const u8) ?context.Verdict {
    const prefix = "-javaagent:";
    if (!text.startsWith(option, prefix)) return null;
    const rest = option[prefix.len..];
    const path = rest[0 .. text.indexOfByte(rest, '=') orelse rest.len];
    if (text.eql(path, agent)) return .already_injected;
    if (text.contains(text.basename(path), "opentelemetry-javaagent")) return .other_agent;
    if (text.contains(path, "/otel-auto-instrumentation")) return .other_agent;
    return null;
}

fn isBeyondJava8(old: []const u8, option: []const u8) bool {
    if (old.len + 1 + option.len > java8_bytes) return true;
    var unquoted: [java8_bytes]u8 = undefined;
    var it = Options{ .rest = old };
    var count: usize = 1;
    while (it.next(&unquoted) != null) count += 1;
    return count > java8_options;
}

/// JDK 8 or older is known by what libjli lacks; a newer minimum needs the JDK's `release` file.
fn isOldLauncher(c: *context.Context) bool {
    const minimum = c.config.jvm_minimum.major;
    if (minimum <= 8) return false;
    if (!symbols.hasJava9Launcher(c.process)) return true;
    if (minimum == 9) return false;
    const version = releaseVersion(c) orelse return true;
    return version < minimum;
}

fn releaseVersion(c: *context.Context) ?u32 {
    const exe = files.executable(c.arena) orelse return null;
    const home = text.dirname(text.dirname(exe));
    const path = text.join(c.arena, &.{ home, "/release" }) orelse return null;
    return switch (files.readText(c.arena, path, limits.config_bytes)) {
        .bytes => |b| versionIn(b),
        else => null,
    };
}

fn versionIn(release: []const u8) ?u32 {
    const key = "JAVA_VERSION=\"";
    const at = text.indexOf(release, key) orelse return null;
    return text.leadingNumber(release[at + key.len ..]);
}

/// The option as JAVA_TOOL_OPTIONS wants it: blanks separate, quotes of either kind protect, and
/// there is no escape (hotspot, Arguments::parse_options_buffer).
fn optionOf(c: *context.Context, agent: []const u8) ?[]const u8 {
    if (!needsQuotes(agent)) return text.join(c.arena, &.{ "-javaagent:", agent });
    var b = text.Buffer.init(c.arena, 11 + 3 * agent.len);
    b.add("-javaagent:");
    for (agent) |ch| {
        const quote: u8 = if (ch == '"') '\'' else '"';
        const quoted = ch == '"' or ch == '\'' or text.isBlank(ch);
        if (quoted) b.addByte(quote);
        b.addByte(ch);
        if (quoted) b.addByte(quote);
    }
    return b.textZ();
}

fn needsQuotes(agent: []const u8) bool {
    for (agent) |ch| if (ch == '"' or ch == '\'' or text.isBlank(ch)) return true;
    return false;
}

const Options = struct {
    rest: []const u8,

    /// The next option without its quotes, in `buffer`.
    fn next(self: *Options, buffer: []u8) ?[]const u8 {
        const s = self.rest;
        var i: usize = 0;
        while (i < s.len and text.isBlank(s[i])) i += 1;
        if (i == s.len) return null;
        var out: usize = 0;
        var quote: u8 = 0;
        while (i < s.len and (quote != 0 or !text.isBlank(s[i]))) : (i += 1) {
            if (quote == 0 and (s[i] == '"' or s[i] == '\'')) {
                quote = s[i];
            } else if (quote != 0 and s[i] == quote) {
                quote = 0;
            } else {
                buffer[out] = s[i];
                out += 1;
            }
        }
        self.rest = s[i..];
        return buffer[0..out];
    }
};

const std = @import("std");
const expect = std.testing.expect;
const eq = std.testing.expectEqualStrings;

fn commandOf(comptime argv: []const [*:0]const u8) context.Command {
    const optional = comptime blk: {
        var list: [argv.len]?[*:0]const u8 = undefined;
        for (argv, 0..) |a, i| list[i] = a;
        break :blk list;
    };
    const p = process.Process{ .argv = &optional, .execfn = "/usr/bin/java" };
    return command(&p);
}

test "main class, jar, module and questions about the JVM" {
    try eq("com.acme.Main", commandOf(&.{
        "java",
        "-Xmx1g",
        "-cp",
        "/a:/b",
        "com.acme.Main",
        "x",
    }).program);
    try eq("/srv/shop.jar", commandOf(&.{ "java", "-jar", "/srv/shop.jar" }).program);
    try eq("a.b.Main", commandOf(&.{ "java", "-p", "/m", "-m", "mod/a.b.Main" }).program);
    try expect(commandOf(&.{ "java", "-version" }).kind == .informational);
    try expect(commandOf(&.{"java"}).kind == .unknown);
    try expect(commandOf(&.{ "java", "@args" }).kind == .unknown);
    try expect(commandOf(&.{ "java", "-cp" }).kind == .unknown);
}

test "an agent counts as there only by its whole path" {
    try expect(agentVerdict("-javaagent:/a.jar", "/a.jar").? == .already_injected);
    try expect(agentVerdict("-javaagent:/a.jar=x=y", "/a.jar").? == .already_injected);
    try expect(agentVerdict("-javaagent:/a.jar.bak", "/a.jar") == null);
    try expect(agentVerdict("-javaagent:/opt/opentelemetry-javaagent-2.1.jar", "/a.jar").? == .other_agent);
}

test "options are split as the JVM splits them" {
    var buffer: [64]u8 = undefined;
    var it = Options{ .rest = " -Da=\"b c\"  -javaagent:'/x y'.jar -Dq='\"' " };
    try eq("-Da=b c", it.next(&buffer).?);
    try eq("-javaagent:/x y.jar", it.next(&buffer).?);
    try eq("-Dq=\"", it.next(&buffer).?);
    try expect(it.next(&buffer) == null);
}

test "what Java 8 would not read" {
    const filler: [1000]u8 = @splat('x');
    try expect(!isBeyondJava8(&filler, "-javaagent:/a.jar12345"));
    try expect(isBeyondJava8(&filler, "-javaagent:/a.jar123456"));
    var words: [128]u8 = @splat('x');
    for (&words, 0..) |*c, i| if (i % 2 == 1) {
        c.* = ' ';
    };
    try expect(!isBeyondJava8(words[0..126], "-b"));
    try expect(isBeyondJava8(&words, "-b"));
}

test "the version in a release file" {
    try expect(versionIn("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.1\"\n").? == 17);
    try expect(versionIn("nothing") == null);
}
