// SPDX-License-Identifier: Apache-2.0
//! The library's own parser on configurations from standard input (u32 length, bytes; repeated):
//! one line each with the values in hexadecimal, for comparison with the tool's parser.
const std = @import("std");
const config = @import("config");

const parameters = @typeInfo(@TypeOf(config.applyText)).@"fn".param_types;
const Arena = std.meta.Child(parameters[1].?);
const Log = parameters[4].?;

var input: [1 << 24]u8 = undefined;
var output: [1 << 25]u8 = undefined;
var used: usize = 0;

fn put(bytes: []const u8) void {
    @memcpy(output[used..][0..bytes.len], bytes);
    used += bytes.len;
}

fn putHex(bytes: []const u8) void {
    for (bytes) |b| put(&.{ "0123456789abcdef"[b >> 4], "0123456789abcdef"[b & 15] });
    put(" ");
}

fn putNumber(n: u32) void {
    var digits: [16]u8 = undefined;
    putHex(std.fmt.bufPrint(&digits, "{d}", .{n}) catch unreachable);
}

pub fn main() void {
    var n: usize = 0;
    while (n < input.len) {
        const got = std.os.linux.read(0, input[n..].ptr, input.len - n);
        if (got == 0 or got > input.len) break;
        n += got;
    }
    var at: usize = 0;
    while (at + 4 <= n) {
        const size = std.mem.readInt(u32, input[at..][0..4], .little);
        dump(input[at + 4 ..][0..size]);
        at += 4 + size;
    }
    var written: usize = 0;
    while (written < used) written += std.os.linux.write(1, output[written..].ptr, used - written);
}

fn dump(source: []u8) void {
    var arena = Arena{};
    var c = config.Config{};
    config.applyText(&c, &arena, source, "dump", Log{});
    inline for (@typeInfo(config.Config).@"struct".field_names) |name| {
        const value = @field(c, name);
        switch (@TypeOf(value)) {
            []const u8 => putHex(value),
            bool => putHex(if (value) "1" else "0"),
            config.Version => {
                putNumber(value.major);
                putNumber(value.minor);
            },
            config.Patterns => {
                var node = value.first;
                while (node) |item| : (node = item.next) {
                    put("+");
                    putHex(item.list);
                }
                put("; ");
            },
            else => @compileError("a new kind of setting"),
        }
    }
    put("\n");
}
