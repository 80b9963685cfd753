// SPDX-License-Identifier: Apache-2.0
//! Everything that reads what others wrote, under bytes made to hurt, with safety checks on. A
//! fixed budget and fixed seeds: a failure can be repeated.
const std = @import("std");
const applied = @import("applied.zig");
const config = @import("config.zig");
const context = @import("context.zig");
const environ = @import("environ.zig");
const glob = @import("glob.zig");
const process = @import("process.zig");
const resource = @import("resource.zig");
const text = @import("text.zig");
const Arena = @import("arena.zig").Arena;
const Recorder = applied.Recorder;

const rounds = 60_000;
const words = [_][]const u8{
    "exclude_paths=",                 "include_with_arguments=", "jvm_auto_instrumentation_agent_path=",
    "auto_instrumentation_disabled=", "OTEL_X=",                 "\"",
    "'",                              "\\",                      "#",
    "\n",                             "=",                       ",",
    "*",                              "?",                       " ",
    "1;",                             "pn",                      "ae",
    "sn",                             ":",                       ";",
    "NODE_OPTIONS",                   "A",                       "7",
    "18446744073709551616",           "\x00",                    "\xff",
    "--require ",                     "service.name=x",          "%2C",
};

const Source = struct {
    random: std.Random,
    bytes: [512]u8 = undefined,

    fn next(self: *Source) []u8 {
        var n: usize = 0;
        const pieces = self.random.uintLessThan(usize, 24);
        for (0..pieces) |_| {
            const word = words[self.random.uintLessThan(usize, words.len)];
            if (n + word.len > self.bytes.len) break;
            @memcpy(self.bytes[n..][0..word.len], word);
            n += word.len;
        }
        if (n > 0 and self.random.boolean()) self.bytes[self.random.uintLessThan(usize, n)] = self.random.int(u8);
        return self.bytes[0..n];
    }

    /// As an environment entry: no zero inside.
    fn entry(self: *Source, arena: *Arena, name: []const u8) [*:0]const u8 {
        const value = self.next();
        for (value) |*c| if (c.* == 0) {
            c.* = 'z';
        };
        return text.join(arena, &.{ name, "=", value }).?.ptr;
    }
};

/// Anonymous memory is never given back, so each round works in the same buffer.
fn arenaIn(buffer: []u8) Arena {
    return .{ .free = buffer };
}

var memory: [1 << 17]u8 align(8) = undefined;

test "configurations" {
    var random = std.Random.DefaultPrng.init(1);
    var source = Source{ .random = random.random() };
    for (0..rounds) |_| {
        var arena = arenaIn(&memory);
        var c = config.Config{};
        const bytes = source.next();
        config.applyText(&c, &arena, bytes, "fuzz", .{});
        var budget = glob.Budget{ .left = 100_000 };
        var node = c.exclude_paths.first;
        while (node) |n| : (node = n.next) {
            _ = glob.matches(n.list, "/usr/bin/node", &budget);
            try std.testing.expect(n.list.len <= bytes.len);
        }
    }
}

test "records of what a parent added, in a copy and in place" {
    var random = std.Random.DefaultPrng.init(2);
    var source = Source{ .random = random.random() };
    for (0..rounds) |_| {
        var arena = arenaIn(&memory);
        var entries = [_]?[*:0]const u8{
            source.entry(&arena, "NODE_OPTIONS"),
            source.entry(&arena, applied.variable),
            source.entry(&arena, "A"),
            null,
        };
        var copy = environ.Block.copyOf(&arena, entries[0..3]).?;
        applied.undo(&copy);
        try std.testing.expect(!copy.has(applied.variable));
        var in_place = environ.Block.inPlace(entries[0..3]);
        applied.undo(&in_place);
        try std.testing.expect(in_place.len == copy.len and entries[3] == null);
        for (in_place.entries[0..in_place.len], copy.entries[0..copy.len]) |a, b| {
            try std.testing.expectEqualStrings(text.span(b.?), text.span(a.?));
        }
    }
}

test "what is added can be taken out again, whatever was there" {
    var random = std.Random.DefaultPrng.init(3);
    var source = Source{ .random = random.random() };
    for (0..rounds) |_| {
        var arena = arenaIn(&memory);
        const entries = [_]?[*:0]const u8{
            source.entry(&arena, "NODE_OPTIONS"),
            source.entry(&arena, "OTEL_RESOURCE_ATTRIBUTES"),
            source.entry(&arena, "OTEL_INJECTOR_RESOURCE_ATTRIBUTES"),
            source.entry(&arena, "OTEL_INJECTOR_SERVICE_NAME"),
        };
        var env = environ.Block.copyOf(&arena, &entries).?;
        var record = Recorder.init(&arena);
        const settings = config.Config{};
        const p = process.Process{ .argv = &.{} };
        var c = context.Context{
            .arena = &arena,
            .process = &p,
            .env = &env,
            .config = &settings,
            .record = &record,
            .log = .{},
            .libc = .glibc,
        };
        try std.testing.expect(resource.add(&c, null));
        try std.testing.expect(c.prepend("NODE_OPTIONS", "--require /agent.js", " "));
        try std.testing.expect(c.append("JAVA_TOOL_OPTIONS", "-javaagent:/a.jar", " "));
        try std.testing.expect(env.set(applied.variable, &.{record.buffer.text()}));
        applied.undo(&env);
        try std.testing.expect(env.len == entries.len);
        for (env.entries[0..env.len], entries) |after, before| {
            try std.testing.expectEqualStrings(text.span(before.?), text.span(after.?));
        }
    }
}
