// SPDX-License-Identifier: Apache-2.0
//! OTEL_RESOURCE_ATTRIBUTES: what OTEL_INJECTOR_* variables ask for, behind what is there. The
//! first of a key wins. Format: resource/sdk.md of the specification ("Specifying resource
//! information via an environment variable"): key=value pairs joined by ',', percent-encoded.
const context = @import("context.zig");
const limits = @import("limits.zig");
const text = @import("text.zig");

const variable = "OTEL_RESOURCE_ATTRIBUTES";
const list_variable = "OTEL_INJECTOR_RESOURCE_ATTRIBUTES";

const prefix = "OTEL_INJECTOR_";
/// Variables of one attribute each, without the prefix, and the attributes.
const variables =
    "K8S_NAMESPACE_NAME K8S_POD_NAME K8S_POD_UID K8S_CONTAINER_NAME " ++
    "SERVICE_NAME SERVICE_VERSION SERVICE_NAMESPACE";
const attributes =
    "k8s.namespace.name k8s.pod.name k8s.pod.uid k8s.container.name " ++
    "service.name service.version service.namespace";

/// Whether a variable of this name asks for attributes.
pub fn isRequest(name: []const u8) bool {
    if (!text.startsWith(name, prefix)) return false;
    return text.eql(name, list_variable) or text.inList(variables, name[prefix.len..]);
}

/// Whether something other than us names the service.
pub fn hasServiceName(c: *const context.Context) bool {
    if (c.env.nonEmpty("OTEL_SERVICE_NAME") != null) return true;
    if (c.env.nonEmpty("OTEL_INJECTOR_SERVICE_NAME") != null) return true;
    for ([_][]const u8{ variable, list_variable }) |name| {
        if (c.env.get(name)) |v| if (hasKey(v, "service.name")) return true;
    }
    return false;
}

/// Adds what is asked for and, last, the derived name of the service.
pub fn add(c: *context.Context, service_name: ?[]const u8) bool {
    const old = c.env.get(variable) orelse "";
    var size: usize = 256;
    if (service_name) |v| size += 3 * v.len;
    if (c.env.get(list_variable)) |v| size += v.len + 1;
    for (0..7) |i| size += 32 + 3 * valueOf(c, i).len;
    var b = text.Buffer.init(c.arena, size);
    if (c.env.get(list_variable)) |list| addList(&b, old, list);
    for (0..7) |i| {
        const v = valueOf(c, i);
        if (v.len > 0) addPair(&b, old, text.nth(attributes, ' ', i), v);
    }
    if (service_name) |v| addPair(&b, old, "service.name", v);
    if (b.overflow) return false;
    return b.len == 0 or c.append(variable, b.text(), ",");
}

fn valueOf(c: *const context.Context, i: usize) []const u8 {
    var bytes: [64]u8 = undefined;
    var name = text.Buffer{ .bytes = &bytes };
    name.add(prefix);
    name.add(text.nth(variables, ' ', i));
    return c.env.get(name.text()) orelse "";
}

/// As they are, but neither damaged nor twice.
fn addList(b: *text.Buffer, old: []const u8, list: []const u8) void {
    var count: usize = 0;
    var pairs = text.Split{ .rest = list, .separator = ',' };
    while (pairs.next()) |item| : (count += 1) {
        const pair = text.trim(item);
        const key = keyOf(pair) orelse continue;
        if (count == limits.resource_attributes) return;
        if (hasKey(old, key) or hasKey(b.text(), key)) continue;
        if (b.len > 0) b.addByte(',');
        b.add(pair);
    }
}

fn addPair(b: *text.Buffer, old: []const u8, key: []const u8, value: []const u8) void {
    if (hasKey(old, key) or hasKey(b.text(), key)) return;
    if (b.len > 0) b.addByte(',');
    b.add(key);
    b.addByte('=');
    for (value) |c| {
        if (isPlain(c)) {
            b.addByte(c);
        } else {
            const hex = "0123456789ABCDEF";
            b.add(&.{ '%', hex[c >> 4], hex[c & 15] });
        }
    }
}

/// A baggage-octet of W3C Baggage (section 3.3.1.1) that is neither '%' nor '='.
fn isPlain(c: u8) bool {
    if (c <= ' ' or c >= 0x7f) return false;
    return c != '"' and c != ',' and c != ';' and c != '\\' and c != '%' and c != '=';
}

fn keyOf(pair: []const u8) ?[]const u8 {
    const equals = text.indexOfByte(pair, '=') orelse return null;
    const key = text.trim(pair[0..equals]);
    return if (key.len == 0) null else key;
}

fn hasKey(list: []const u8, key: []const u8) bool {
    var pairs = text.Split{ .rest = list, .separator = ',' };
    while (pairs.next()) |pair| {
        if (text.eql(keyOf(pair) orelse continue, key)) return true;
    }
    return false;
}

const std = @import("std");
const expect = std.testing.expect;
const eq = std.testing.expectEqualStrings;
const Arena = @import("arena.zig").Arena;
const Block = @import("environ.zig").Block;
const Recorder = @import("applied.zig").Recorder;
const undo = @import("applied.zig").undo;

fn result(arena: *Arena, entries: []const ?[*:0]const u8, service: ?[]const u8) ?[]const u8 {
    var env = Block.copyOf(arena, entries).?;
    var record = Recorder.init(arena);
    var c = context.Context{
        .arena = arena,
        .process = undefined,
        .env = &env,
        .config = undefined,
        .record = &record,
        .log = .{},
        .libc = .glibc,
    };
    _ = add(&c, service);
    return env.get(variable);
}

test "existing keys win, nothing comes twice, no element is empty" {
    var a = Arena{};
    try eq("x=1, service.name=mine,service.version=2", result(&a, &.{
        "OTEL_RESOURCE_ATTRIBUTES=x=1, service.name=mine,",
        "OTEL_INJECTOR_SERVICE_NAME=other",
        "OTEL_INJECTOR_SERVICE_VERSION=2",
    }, "third").?);
    try eq("a=1,b=2,k8s.pod.name=p", result(&a, &.{
        "OTEL_INJECTOR_RESOURCE_ATTRIBUTES=a=1,,broken,=x, b=2 ,a=3",
        "OTEL_INJECTOR_K8S_POD_NAME=p",
        "OTEL_INJECTOR_K8S_POD_UID=",
    }, null).?);
    try expect(result(&a, &.{"OTEL_INJECTOR_K8S_POD_UID="}, null) == null);
}

test "values are percent-encoded" {
    var a = Arena{};
    try eq("service.name=a%2Cb%3Dc%20d%25%C3%A9", result(&a, &.{"OTEL_INJECTOR_SERVICE_NAME=a,b=c d%\xc3\xa9"}, null).?);
}

test "what was added can be taken out to the byte" {
    var a = Arena{};
    for ([_][*:0]const u8{ "x=1", "x=1,", "x=1, y=2 ,", "" }) |old| {
        const entry = text.join(&a, &.{ variable, "=", text.span(old) }).?;
        var env = Block.copyOf(&a, &.{ entry.ptr, "OTEL_INJECTOR_SERVICE_NAME=s" }).?;
        var record = Recorder.init(&a);
        var c = context.Context{
            .arena = &a,
            .process = undefined,
            .env = &env,
            .config = undefined,
            .record = &record,
            .log = .{},
            .libc = .glibc,
        };
        try expect(add(&c, null));
        try expect(env.set("OTEL_INJECTOR_APPLIED", &.{record.buffer.text()}));
        undo(&env);
        try eq(text.span(old), env.get(variable).?);
    }
}
