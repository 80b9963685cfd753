// SPDX-License-Identifier: Apache-2.0
//! Messages on standard error, only where OTEL_INJECTOR_LOG_LEVEL asks for them.
const builtin = @import("builtin");
const linux = @import("linux.zig");
const text = @import("text.zig");

pub const Level = enum(u8) { none, err, warn, info, debug };

pub const Log = struct {
    level: Level = .none,

    pub fn isOn(self: Log, level: Level) bool {
        return @backingInt(level) <= @backingInt(self.level) and level != .none;
    }

    /// One line in one write(2); cut at 1 KiB.
    pub fn line(self: Log, level: Level, parts: []const []const u8) void {
        if (!self.isOn(level) or builtin.is_test) return;
        var bytes: [1024]u8 = undefined;
        var b = text.Buffer{ .bytes = bytes[0 .. bytes.len - 1] };
        b.add("[otel-injector] ");
        b.add(switch (level) {
            .none, .err => "error: ",
            .warn => "warn: ",
            .info => "info: ",
            .debug => "debug: ",
        });
        for (parts) |p| b.add(p[0..@min(p.len, 300)]);
        bytes[b.len] = '\n';
        linux.write(2, bytes[0 .. b.len + 1]);
    }
};

pub fn levelOf(s: []const u8) Level {
    const t = text.trim(s);
    if (text.eqlIgnoringCase(t, "debug")) return .debug;
    if (text.eqlIgnoringCase(t, "info")) return .info;
    if (text.eqlIgnoringCase(t, "warn")) return .warn;
    if (text.eqlIgnoringCase(t, "error")) return .err;
    return .none;
}
