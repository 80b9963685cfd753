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

const Key = struct {
    /// In the file.
    name: []const u8,
    /// In the environment; "" for none.
    env: []const u8,
    kind: Kind,
    field: []const u8,
};

const keys = [_]Key{
    .{ .name = "jvm_auto_instrumentation_agent_path", .env = "JVM_AUTO_INSTRUMENTATION_AGENT_PATH", .kind = .text, .field = "jvm_agent" },
    .{ .name = "nodejs_auto_instrumentation_agent_path", .env = "NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH", .kind = .text, .field = "nodejs_agent" },
    .{ .name = "python_auto_instrumentation_agent_path_prefix", .env = "PYTHON_AUTO_INSTRUMENTATION_AGENT_PATH_PREFIX", .kind = .text, .field = "python_prefix" },
    .{ .name = "ruby_auto_instrumentation_agent_path_prefix", .env = "RUBY_AUTO_INSTRUMENTATION_AGENT_PATH_PREFIX", .kind = .text, .field = "ruby_prefix" },
    .{ .name = "dotnet_auto_instrumentation_agent_path_prefix", .env = "DOTNET_AUTO_INSTRUMENTATION_AGENT_PATH_PREFIX", .kind = .text, .field = "dotnet_prefix" },
    .{ .name = "jvm_auto_instrumentation_minimum_java_major_version", .env = "JVM_AUTO_INSTRUMENTATION_MINIMUM_JAVA_MAJOR_VERSION", .kind = .version, .field = "jvm_minimum" },
    .{ .name = "nodejs_auto_instrumentation_minimum_nodejs_major_version", .env = "NODEJS_AUTO_INSTRUMENTATION_MINIMUM_NODEJS_MAJOR_VERSION", .kind = .version, .field = "nodejs_minimum" },
    .{ .name = "python_auto_instrumentation_minimum_python_version", .env = "PYTHON_AUTO_INSTRUMENTATION_MINIMUM_PYTHON_VERSION", .kind = .version, .field = "python_minimum" },
    .{ .name = "ruby_auto_instrumentation_minimum_ruby_version", .env = "RUBY_AUTO_INSTRUMENTATION_MINIMUM_RUBY_VERSION", .kind = .version, .field = "ruby_minimum" },
    .{ .name = "dotnet_auto_instrumentation_minimum_dotnet_major_version", .env = "DOTNET_AUTO_INSTRUMENTATION_MINIMUM_DOTNET_MAJOR_VERSION", .kind = .version, .field = "dotnet_minimum" },
    .{ .name = "all_auto_instrumentation_agents_env_path", .env = "", .kind = .text, .field = "env_file" },
    .{ .name = "auto_instrumentation_disabled", .env = "OTEL_INJECTOR_AUTO_INSTRUMENTATION_DISABLED", .kind = .text, .field = "disabled" },
    .{ .name = "include_paths", .env = "OTEL_INJECTOR_INCLUDE_PATHS", .kind = .patterns, .field = "include_paths" },
    .{ .name = "exclude_paths", .env = "OTEL_INJECTOR_EXCLUDE_PATHS", .kind = .patterns, .field = "exclude_paths" },
    .{ .name = "include_with_arguments", .env = "OTEL_INJECTOR_INCLUDE_WITH_ARGUMENTS", .kind = .patterns, .field = "include_arguments" },
    .{ .name = "exclude_with_arguments", .env = "OTEL_INJECTOR_EXCLUDE_WITH_ARGUMENTS", .kind = .patterns, .field = "exclude_arguments" },
    .{ .name = "service_name_detection", .env = "OTEL_INJECTOR_SERVICE_NAME_DETECTION", .kind = .boolean, .field = "service_name_detection" },
    .{ .name = "builtin_deny_list", .env = "OTEL_INJECTOR_BUILTIN_DENY_LIST", .kind = .boolean, .field = "builtin_deny_list" },
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
    inline for (keys) |key| {
        if (text.eql(name, key.name)) {
            const limiting = key.kind == .patterns or comptime text.eql(key.field, "disabled");
            if (damaged) {
                if (limiting) c.unsure = true;
            } else switch (key.kind) {
                .text => @field(c, key.field) = value,
                .version => @field(c, key.field) = parseVersion(value) orelse @field(c, key.field),
                .boolean => @field(c, key.field) = conf.isTrue(value),
                .patterns => prepend(c, arena, &@field(c, key.field), value),
            }
            return true;
        }
    }
    return false;
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
    inline for (keys) |key| {
        if (comptime key.env.len == 0) continue;
        if (env.get(key.env)) |value| switch (key.kind) {
            .text => @field(c, key.field) = value,
            .version => @field(c, key.field) = parseVersion(value) orelse @field(c, key.field),
            .boolean => @field(c, key.field) = conf.isTrue(value),
            .patterns => {
                @field(c, key.field) = .{};
                prepend(c, arena, &@field(c, key.field), value);
            },
        };
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
    return have.major > minimum.major or (have.major == minimum.major and have.minor >= minimum.minor);
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
    var arena = Arena.forTest();
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
    var arena = Arena.forTest();
    try expect(parsed(&arena, "exclude_paths='/usr/bin/x").unsure);
    try expect(parsed(&arena, "auto_instrumentation_disabled=\"*").unsure);
    try expect(!parsed(&arena, "jvm_auto_instrumentation_agent_path='/x").unsure);
    try expect(!parsed(&arena, "garbage\n\xff\xfe=").unsure);
}

test "the environment replaces lists and empties paths" {
    var arena = Arena.forTest();
    var c = parsed(&arena, "exclude_paths=/x\nnodejs_auto_instrumentation_agent_path=/n.js");
    const block = Block.copyOf(&arena, &.{ "OTEL_INJECTOR_EXCLUDE_PATHS=/q", "NODEJS_AUTO_INSTRUMENTATION_AGENT_PATH=" }).?;
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
