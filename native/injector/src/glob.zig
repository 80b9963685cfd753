// SPDX-License-Identifier: Apache-2.0
//! Patterns with `*` (any run, '/' included) and `?` (one byte). A mismatch goes back to the
//! latest `*` only, so the worst case is pattern length times text length, never exponential;
//! a budget of steps shared by all comparisons bounds that too.
const limits = @import("limits.zig");

pub const Budget = struct {
    left: usize = limits.glob_steps,

    pub fn spent(self: *const Budget) bool {
        return self.left == 0;
    }
};

/// False also when the budget is used up: ask `spent` before trusting a series of answers.
pub fn matches(pattern: []const u8, s: []const u8, budget: *Budget) bool {
    var p: usize = 0;
    var i: usize = 0;
    var star: ?usize = null;
    var resume_at: usize = 0;
    while (i < s.len) {
        if (budget.left == 0) return false;
        budget.left -= 1;
        if (p < pattern.len and pattern[p] == '*') {
            star = p;
            resume_at = i;
            p += 1;
        } else if (p < pattern.len and (pattern[p] == '?' or pattern[p] == s[i])) {
            p += 1;
            i += 1;
        } else if (star) |at| {
            resume_at += 1;
            i = resume_at;
            p = at + 1;
        } else return false;
    }
    while (p < pattern.len and pattern[p] == '*') p += 1;
    return p == pattern.len;
}

const expect = @import("std").testing.expect;

test "stars and question marks" {
    const yes = [_][2][]const u8{
        .{ "*/node", "/usr/bin/node" }, .{ "/*bin/true", "/usr/bin/true" }, .{ "*", "" },
        .{ "-Xmx?m", "-Xmx8m" },        .{ "*a*b*c", "xxaxxbxxc" },         .{ "", "" },
        .{ "**", "x" },                 .{ "*.jar", "a.jar.jar" },
    };
    const no = [_][2][]const u8{
        .{ "*/node", "node" }, .{ "node", "nodejs" }, .{ "?", "" }, .{ "-Xmx?m", "-Xmx64m" },
        .{
            "",
            "x",
        },
    };
    var budget = Budget{};
    for (yes) |t| try expect(matches(t[0], t[1], &budget));
    for (no) |t| try expect(!matches(t[0], t[1], &budget));
}

test "a pattern made to explode stays within the product of the lengths" {
    var budget = Budget{};
    const s: [2000]u8 = @splat('a');
    var pattern: [81]u8 = undefined;
    for (&pattern, 0..) |*c, i| c.* = if (i == 80) 'b' else if (i % 2 == 0) '*' else 'a';
    try expect(!matches(&pattern, &s, &budget));
    try expect(limits.glob_steps - budget.left < 2000 * 81 * 2);
    var small = Budget{ .left = 100 };
    try expect(!matches("*a*a*a*b", &s, &small));
    try expect(small.spent());
}
