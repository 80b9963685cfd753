// SPDX-License-Identifier: Apache-2.0
//! What a decision is called in the log. Texts stand in one string each: no relocations.
const context = @import("context.zig");
const deny = @import("deny.zig");
const log = @import("log.zig");
const process = @import("process.zig");
const text = @import("text.zig");

pub fn nameOf(runtime: deny.Runtime) []const u8 {
    return text.nth("unknown jvm nodejs python ruby dotnet", ' ', @backingInt(runtime));
}

pub fn report(
    l: log.Log,
    p: *const process.Process,
    runtime: deny.Runtime,
    verdict: context.Verdict,
) void {
    if (l.level == .none) return;
    const level: log.Level = switch (verdict) {
        .injected => .info,
        .agent_unusable, .config_unreadable, .out_of_memory => .warn,
        else => .debug,
    };
    l.line(level, &.{ p.execfn, ": ", nameOf(runtime), ": ", verdictText(verdict) });
}

// In the order of context.Verdict.
const changes = "left as it is|" ++
    "agent added|" ++
    "resource attributes added|" ++
    "a parent's additions taken out";
const reasons = "OTEL_INJECTOR_DISABLED is set|" ++
    "excluded by the include and exclude settings|" ++
    "on the built-in deny list|" ++
    "auto_instrumentation_disabled names this runtime|" ++
    "no agent configured|" ++
    "the agent or application files cannot be read or are not what they should be|" ++
    "the agent is there already|" ++
    "the runtime is older than the agent supports|" ++
    "the configuration cannot be read or trusted|" ++
    "no memory, or the environment would grow past what execve allows|" ++
    "the command only asks for information|" ++
    "an option on the command line rules the agent out|" ++
    "another OpenTelemetry agent is there|" ++
    "the program brings its own settings for this|" ++
    "the path of the agent cannot be expressed in the variable";

pub fn verdictText(verdict: context.Verdict) []const u8 {
    const number: usize = @backingInt(verdict);
    return if (number < 16) text.nth(changes, '|', number) else text.nth(reasons, '|', number - 16);
}

test "each verdict has its text" {
    const std = @import("std");
    try std.testing.expectEqualStrings("left as it is", verdictText(.untouched));
    try std.testing.expectEqualStrings("a parent's additions taken out", verdictText(.parent_removed));
    try std.testing.expect(text.startsWith(verdictText(.disabled), "OTEL_INJECTOR_DISABLED"));
    try std.testing.expect(text.contains(verdictText(.path_not_expressible), "cannot be expressed"));
    try std.testing.expectEqualStrings("dotnet", nameOf(.dotnet));
}
