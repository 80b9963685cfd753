// SPDX-License-Identifier: Apache-2.0
//! Which programs the administrator wants injected. Settings that include are joined by AND,
//! the patterns of one setting by OR, and an exclusion wins.
const config = @import("config.zig");
const context = @import("context.zig");
const files = @import("files.zig");
const glob = @import("glob.zig");
const process = @import("process.zig");
const text = @import("text.zig");
const Arena = @import("arena.zig").Arena;

/// Null when nothing speaks against it. Also excluded: what cannot be decided.
pub fn verdict(arena: *Arena, c: *const config.Config, p: *const process.Process) ?context.Verdict {
    var budget = glob.Budget{};
    const by_path = c.exclude_paths.first != null or c.include_paths.first != null;
    if (by_path) {
        const path = programPath(arena, p) orelse return .excluded;
        if (anyMatches(c.exclude_paths, path, &budget)) return .excluded;
        if (c.include_paths.first != null and !anyMatches(c.include_paths, path, &budget))
            return .excluded;
    }
    if (anyArgumentMatches(c.exclude_arguments, p, &budget)) return .excluded;
    if (c.include_arguments.first != null and !anyArgumentMatches(c.include_arguments, p, &budget))
        return .excluded;
    return if (budget.spent()) .excluded else null;
}

/// The resolved executable. Under `ld.so program` that would be the loader: then the program's
/// name.
fn programPath(arena: *Arena, p: *const process.Process) ?[]const u8 {
    if (!p.explicit_loader) return withoutMark(files.executable(arena) orelse return null);
    const named = p.argument(0) orelse return null;
    return if (text.startsWith(named, "/")) named else null;
}

/// The kernel marks the link of a file that was replaced while it runs; an exclusion still counts.
fn withoutMark(path: []const u8) []const u8 {
    const mark = " (deleted)";
    return if (text.endsWith(path, mark)) path[0 .. path.len - mark.len] else path;
}

fn anyArgumentMatches(
    patterns: config.Patterns,
    p: *const process.Process,
    budget: *glob.Budget,
) bool {
    if (patterns.first == null) return false;
    var i: usize = 1;
    while (i < p.argv.len) : (i += 1) {
        if (anyMatches(patterns, p.argument(i) orelse return false, budget)) return true;
    }
    return false;
}

fn anyMatches(patterns: config.Patterns, s: []const u8, budget: *glob.Budget) bool {
    var node = patterns.first;
    while (node) |n| : (node = n.next) {
        var list = text.Split{ .rest = n.list, .separator = ',' };
        while (list.next()) |item| {
            const pattern = text.trim(item);
            if (pattern.len > 0 and glob.matches(pattern, s, budget)) return true;
        }
    }
    return false;
}

const expect = @import("std").testing.expect;

test "arguments: exclusion wins, inclusion must match, argv[0] does not count" {
    var arena = Arena{};
    const p = process.Process{ .argv = &.{ "node", "app.js", "--x" } };
    var exclude = config.Patterns.Node{ .list = "nothing, --x", .next = null };
    var include = config.Patterns.Node{ .list = "*.js", .next = null };
    var other = config.Patterns.Node{ .list = "node", .next = null };
    try expect(verdict(&arena, &.{}, &p) == null);
    try expect(verdict(&arena, &.{ .include_arguments = .{ .first = &include } }, &p) == null);
    try expect(verdict(&arena, &.{ .include_arguments = .{ .first = &other } }, &p).? == .excluded);
    try expect(verdict(&arena, &.{
        .include_arguments = .{ .first = &include },
        .exclude_arguments = .{ .first = &exclude },
    }, &p).? == .excluded);
}

test "paths are those of the resolved executable" {
    var arena = Arena{};
    const p = process.Process{ .argv = &.{"x"} };
    var all = config.Patterns.Node{ .list = "/*", .next = null };
    var none = config.Patterns.Node{ .list = "/nowhere/*", .next = null };
    try expect(verdict(&arena, &.{ .exclude_paths = .{ .first = &all } }, &p).? == .excluded);
    try expect(verdict(&arena, &.{ .include_paths = .{ .first = &none } }, &p).? == .excluded);
    try expect(verdict(&arena, &.{ .include_paths = .{ .first = &all } }, &p) == null);
}
