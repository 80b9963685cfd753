// SPDX-License-Identifier: Apache-2.0
//! What the administrator wants: built-in values, then injector.conf, then conf.d/*.conf in
//! alphabetical order, then the process's own environment.
const Arena = @import("arena.zig").Arena;
const Block = @import("environ.zig").Block;
const conf = @import("conf.zig");
const files = @import("files.zig");
const limits = @import("limits.zig");
const Log = @import("log.zig").Log;
const text = @import("text.zig");

pub const default_file = "/etc/opentelemetry/injector/injector.conf";
pub const default_directory = "/etc/opentelemetry/injector/conf.d";
pub const default_env_file = "/etc/opentelemetry/injector/default_env.conf";

/// Patterns of one setting: comma-separated lists, one node for each line.
pub const Patterns = struct {
    first: ?*Node = null,
    pub const Node = struct { list: []const u8, next: ?*Node };
};

pub const Version = struct { major: u32, minor: u32 = 0 };

pub const Config = struct {
    jvm_agent: []const u8 = "",
    nodejs_agent: []const u8 = "",
    python_prefix: []const u8 = "",
    ruby_prefix: []const u8 = "",
    dotnet_prefix: []const u8 = "",
    jvm_minimum: Version = .{ .major = 8 },
    nodejs_minimum: Version = .{ .major = 18 },
    python_minimum: Version = .{ .major = 3, .minor = 9 },
    ruby_minimum: Version = .{ .major = 3, .minor = 1 },
    dotnet_minimum: Version = .{ .major = 8 },
    env_file: []const u8 = default_env_file,
    disabled: []const u8 = "",
    include_paths: Patterns = .{},
    exclude_paths: Patterns = .{},
    include_arguments: Patterns = .{},
    exclude_arguments: Patterns = .{},
    service_name_detection: bool = true,
    builtin_deny_list: bool = true,
    /// A line that limits injection could not be read: better not inject at all.
    unsure: bool = false,
};

const Kind = enum { text, version, patterns, boolean };

/// The variable of a key is its name in capitals, some with OTEL_INJECTOR_ in front.
const Variable = enum { none, plain, prefixed };

/// Names are kept in one string, so that none needs a relocation.
const Key = struct {
    variable: Variable,
    kind: Kind,
    /// A line of it that cannot be read must not lead to more injection than was wanted.
    limits_injection: bool,
    offset: u16,
};

fn key(variable: Variable, comptime field: []const u8) Key {
    const kind: Kind = switch (@FieldType(Config, field)) {
        []const u8 => .text,
        Version => .version,
        Patterns => .patterns,
        bool => .boolean,
        else => @compileError("no such kind of setting"),
    };
    return .{
        .variable = variable,
        .kind = kind,
        .limits_injection = kind == .patterns or text.eql(field, "disabled"),
        .offset = @offsetOf(Config, field),
    };
}

const key_names =
    "jvm_auto_instrumentation_agent_path " ++
    "nodejs_auto_instrumentation_agent_path " ++
    "python_auto_instrumentation_agent_path_prefix " ++
    "ruby_auto_instrumentation_agent_path_prefix " ++
    "dotnet_auto_instrumentation_agent_path_prefix " ++
    "jvm_auto_instrumentation_minimum_java_major_version " ++
    "nodejs_auto_instrumentation_minimum_nodejs_major_version " ++
    "python_auto_instrumentation_minimum_python_version " ++
    "ruby_auto_instrumentation_minimum_ruby_version " ++
    "dotnet_auto_instrumentation_minimum_dotnet_major_version " ++
    "all_auto_instrumentation_agents_env_path " ++
    "auto_instrumentation_disabled " ++
    "include_paths " ++
    "exclude_paths " ++
    "include_with_arguments " ++
    "exclude_with_arguments " ++
    "service_name_detection " ++
    "builtin_deny_list";

const keys = [_]Key{
    key(.plain, "jvm_agent"),
    key(.plain, "nodejs_agent"),
    key(.plain, "python_prefix"),
    key(.plain, "ruby_prefix"),
    key(.plain, "dotnet_prefix"),
    key(.plain, "jvm_minimum"),
    key(.plain, "nodejs_minimum"),
    key(.plain, "python_minimum"),
    key(.plain, "ruby_minimum"),
    key(.plain, "dotnet_minimum"),
    key(.none, "env_file"),
    key(.prefixed, "disabled"),
    key(.prefixed, "include_paths"),
    key(.prefixed, "exclude_paths"),
    key(.prefixed, "include_arguments"),
    key(.prefixed, "exclude_arguments"),
    key(.prefixed, "service_name_detection"),
    key(.prefixed, "builtin_deny_list"),
};

/// Null when the configuration is there but cannot be read or trusted.
pub fn load(arena: *Arena, env: *const Block, log: Log) ?Config {
    var c = Config{};
    const file = env.nonEmpty("OTEL_INJECTOR_CONFIG_FILE") orelse default_file;
    if (!loadFile(&c, arena, file, log)) return null;
    const directory = env.nonEmpty("OTEL_INJECTOR_CONFIG_DIR") orelse default_directory;
    if (!loadDirectory(&c, arena, directory, log)) return null;
    applyEnvironment(&c, arena, env);
    return if (c.unsure) null else c;
}

fn loadFile(c: *Config, arena: *Arena, path: []const u8, log: Log) bool {
    const path_z = text.join(arena, &.{path}) orelse return false;
    switch (files.readText(arena, path_z, limits.config_bytes)) {
        .missing => log.line(.debug, &.{ "no configuration at ", path }),
        .unreadable => {
            log.line(.warn, &.{ "cannot read the configuration ", path });
            return false;
        },
        .bytes => |source| applyText(c, arena, source, path, log),
    }
    return true;
}

fn loadDirectory(c: *Config, arena: *Arena, path: []const u8, log: Log) bool {
    const path_z = text.join(arena, &.{path}) orelse return false;
    switch (files.dropIns(arena, path_z)) {
        .missing => return true,
        .unreadable => {
            log.line(.warn, &.{ "cannot read the directory ", path });
            return false;
        },
        .names => |names| for (names) |name| {
            const file = text.join(arena, &.{ path, "/", name }) orelse return false;
            if (!loadFile(c, arena, file, log)) return false;
        },
    }
    return true;
}

pub fn applyText(c: *Config, arena: *Arena, source: []u8, path: []const u8, log: Log) void {
    var lines = conf.Lines.init(source);
    while (lines.next()) |line| {
        const known = apply(c, arena, line.key, line.value, line.damaged);
        if (known and !line.damaged) continue;
        var digits: [24]u8 = undefined;
        var number = text.Buffer{ .bytes = &digits };
        number.addNumber(line.number);
        const what = if (line.damaged) ": damaged line: " else ": unknown key: ";
        log.line(.warn, &.{ path, ":", number.text(), what, line.key });
    }
}

/// False for a key that does not exist.
fn apply(c: *Config, arena: *Arena, name: []const u8, value: []const u8, damaged: bool) bool {
    var names = text.Split{ .rest = key_names, .separator = ' ' };
    for (&keys) |*k| {
        if (!text.eql(name, names.next() orelse "")) continue;
        if (!damaged) assign(c, arena, k, value) else if (k.limits_injection) c.unsure = true;
        return true;
    }
    return false;
}

fn assign(c: *Config, arena: *Arena, k: *const Key, value: []const u8) void {
    const place = @as([*]u8, @ptrCast(c)) + k.offset;
    switch (k.kind) {
        .text => @as(*[]const u8, @ptrCast(@alignCast(place))).* = value,
        .version => if (parseVersion(value)) |v| {
            @as(*Version, @ptrCast(@alignCast(place))).* = v;
        },
        .boolean => @as(*bool, @ptrCast(place)).* = conf.isTrue(value),
        .patterns => prepend(c, arena, @ptrCast(@alignCast(place)), value),
    }
}

fn prepend(c: *Config, arena: *Arena, patterns: *Patterns, list: []const u8) void {
    if (text.trim(list).len == 0) return;
    const node = arena.create(Patterns.Node, .{ .list = list, .next = patterns.first }) orelse {
        c.unsure = true;
        return;
    };
    patterns.first = node;
}

/// The environment replaces; it does not add to the lists.
pub fn applyEnvironment(c: *Config, arena: *Arena, env: *const Block) void {
    var names = text.Split{ .rest = key_names, .separator = ' ' };
    for (&keys) |*k| {
        const key_name = names.next() orelse "";
        if (k.variable == .none) continue;
        var bytes: [96]u8 = undefined;
        var name = text.Buffer{ .bytes = &bytes };
        if (k.variable == .prefixed) name.add("OTEL_INJECTOR_");
        for (key_name) |ch| name.addByte(if (ch == '_') ch else ch & ~@as(u8, 0x20));
        const value = env.get(name.text()) orelse continue;
        const place = @as([*]u8, @ptrCast(c)) + k.offset;
        if (k.kind == .patterns) @as(*Patterns, @ptrCast(@alignCast(place))).* = .{};
        assign(c, arena, k, value);
    }
}

/// "8", "3.9"; null for anything else.
fn parseVersion(s: []const u8) ?Version {
    var parts = text.Split{ .rest = text.trim(s), .separator = '.' };
    const major = text.wholeNumber(parts.next() orelse "") orelse return null;
    const minor = text.wholeNumber(parts.next() orelse "0") orelse return null;
    return .{ .major = major, .minor = minor };
}

pub fn isAtLeast(have: Version, minimum: Version) bool {
    if (have.major != minimum.major) return have.major > minimum.major;
    return have.minor >= minimum.minor;
}

/// Whether `auto_instrumentation_disabled` names this runtime.
pub fn isDisabled(c: *const Config, runtime: []const u8) bool {
    var parts = text.Split{ .rest = c.disabled, .separator = ',' };
    while (parts.next()) |part| {
        const p = text.trim(part);
        if (text.eql(p, "*") or text.eqlIgnoringCase(p, runtime)) return true;
    }
    return false;
}

const std = @import("std");
const expect = std.testing.expect;

fn parsed(arena: *Arena, source: []const u8) Config {
    var c = Config{};
    const copy = arena.alloc(source.len).?;
    @memcpy(copy, source);
    applyText(&c, arena, copy, "test", .{});
    return c;
}

test "scalars are replaced, lists are joined, unknown keys do no harm" {
    var arena = Arena{};
    const c = parsed(&arena,
        \\jvm_auto_instrumentation_agent_path=/a.jar
        \\jvm_auto_instrumentation_agent_path="/b c.jar"
        \\include_paths=/x
        \\include_paths=/y, /z
        \\python_auto_instrumentation_minimum_python_version=3.10
        \\ruby_auto_instrumentation_minimum_ruby_version=nonsense
        \\no_such_key=1
    );
    try expect(text.eql(c.jvm_agent, "/b c.jar"));
    try expect(text.eql(c.include_paths.first.?.list, "/y, /z"));
    try expect(text.eql(c.include_paths.first.?.next.?.list, "/x"));
    try expect(c.python_minimum.minor == 10 and c.ruby_minimum.minor == 1);
    try expect(!c.unsure);
}

test "a damaged line that would have limited injection makes the whole unsure" {
    var arena = Arena{};
    try expect(parsed(&arena, "exclude_paths='/usr/bin/x").unsure);
    try expect(parsed(&arena, "auto_instrumentation_disabled=\"*").unsure);
    try expect(!parsed(&arena, "jvm_auto_instrumentation_agent_path='/x").unsure);
    try expect(!parsed(&arena, "garbage\n\xff\xfe=").unsure);
}

test "the environment replaces lists and empties paths" {
    var arena = Arena{};
    var c = parsed(&arena, "exclude_paths=/x\nnodejs_auto_instrumentation_agent_path=/n.js");
    const block = Block.copyOf(&arena, &.{
        "OTEL_INJECTOR_EXCLUDE_PATHS=/q",
        "NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH=",
    }).?;
    applyEnvironment(&c, &arena, &block);
    try expect(text.eql(c.exclude_paths.first.?.list, "/q") and c.exclude_paths.first.?.next == null);
    try expect(c.nodejs_agent.len == 0);
}

test "disabled runtimes" {
    var c = Config{ .disabled = "dotnet, python" };
    try expect(isDisabled(&c, "python") and !isDisabled(&c, "jvm"));
    c.disabled = "*";
    try expect(isDisabled(&c, "jvm"));
}
