// SPDX-License-Identifier: Apache-2.0
//! Programs that nobody wants traced by default although a known runtime runs them: package
//! managers, build tools, parts of the operating system, and otelkit's own tools. Switched off by `builtin_deny_list`.
const Command = @import("context.zig").Command;
const process = @import("process.zig");
const text = @import("text.zig");

const node = "npm npx npm-cli npx-cli yarn yarnpkg pnpm pnpx corepack node-gyp npm-prefix " ++
    "otel-elf otel-inject otel-profile otel-go";
const python = "pip pipx easy_install virtualenv venv ensurepip poetry conda dnf dnf-3 yum " ++
    "apt-listchanges unattended-upgrade unattended-upgrades unattended-upgrade-shutdown " ++
    "add-apt-repository apt-add-repository lsb_release command-not-found cloud-init cloud-id " ++
    "networkd-dispatcher firewalld firewall-cmd fail2ban-server fail2ban-client supervisord " ++
    "supervisorctl py3compile py3clean pycompile pyclean compileall " ++
    "py_compile do-release-upgrade " ++
    "ubuntu-advantage pro ua apport apport-cli update-manager tuned semanage pydoc";
const ruby = "gem bundle bundler rdoc ri apt-listbugs";
const java = "plexus-classworlds gradle-wrapper sbt-launch";
const java_classes =
    "org.codehaus.plexus.classworlds. org.gradle. org.apache.tools.ant. " ++
    "xsbt.boot. " ++
    "scala.tools.nsc. org.jetbrains.kotlin. sun.tools. com.sun.tools. jdk.internal. jdk.tools.";

pub const Runtime = enum(u8) { none = 0, jvm = 1, nodejs = 2, python = 3, ruby = 4, dotnet = 5 };

pub fn isDenied(runtime: Runtime, command: Command, p: *const process.Process) bool {
    if (command.kind != .program and command.kind != .module) return false;
    const program = text.basename(command.program);
    const stem = withoutSuffix(program);
    return switch (runtime) {
        .nodejs => text.inList(node, stem),
        .python => text.inList(python, stem) or isVersioned(stem, "pip") or
            text.startsWith(stem, "AnsiballZ_"),
        .ruby => text.inList(ruby, stem) and !runsOther(command, p),
        .jvm => if (command.kind == .program)
            startsWithAny(java, program)
        else
            startsWithAny(java_classes, command.program),
        .none, .dotnet => false,
    };
}

/// `bundle exec puma` becomes puma in the same process.
fn runsOther(command: Command, p: *const process.Process) bool {
    return text.eql(p.argument(command.rest) orelse return false, "exec");
}

fn isVersioned(stem: []const u8, comptime family: []const u8) bool {
    if (!text.startsWith(stem, family)) return false;
    for (stem[family.len..]) |c| if (!text.isDigit(c) and c != '.') return false;
    return true;
}

fn startsWithAny(list: []const u8, s: []const u8) bool {
    var it = text.Split{ .rest = list, .separator = ' ' };
    while (it.next()) |prefix| if (text.startsWith(s, prefix)) return true;
    return false;
}

fn withoutSuffix(s: []const u8) []const u8 {
    for ([_][]const u8{ ".js", ".cjs", ".mjs", ".py", ".rb" }) |suffix| {
        if (text.endsWith(s, suffix) and s.len > suffix.len) return s[0 .. s.len - suffix.len];
    }
    return s;
}

const expect = @import("std").testing.expect;

fn denied(runtime: Runtime, kind: @FieldType(Command, "kind"), program: []const u8) bool {
    const p = process.Process{ .argv = &.{} };
    return isDenied(runtime, .{ .kind = kind, .program = program }, &p);
}

test "package managers are denied, programs of the same runtime are not" {
    try expect(denied(.nodejs, .program, "/usr/lib/node_modules/npm/bin/npm-cli.js"));
    try expect(denied(.nodejs, .program, "/usr/bin/npm"));
    try expect(denied(.nodejs, .program, "/usr/bin/otel-inject"));
    try expect(!denied(.nodejs, .program, "/srv/npm-mirror/index.js"));
    try expect(!denied(.nodejs, .evaluate, "npm"));
    try expect(denied(.python, .program, "/usr/local/bin/pip3.11"));
    try expect(denied(.python, .module, "pip"));
    try expect(!denied(.python, .program, "pipeline.py"));
    try expect(denied(.jvm, .module, "org.codehaus.plexus.classworlds.launcher.Launcher"));
    try expect(denied(.jvm, .program, "/w/gradle/wrapper/gradle-wrapper.jar"));
    try expect(!denied(.jvm, .module, "com.acme.Main"));
}

test "bundle exec is the program it executes" {
    const p = process.Process{ .argv = &.{ "ruby", "/usr/bin/bundle", "exec", "puma" } };
    try expect(!isDenied(.ruby, .{
        .kind = .program,
        .program = "/usr/bin/bundle",
        .rest = 2,
    }, &p));
    const install = process.Process{ .argv = &.{ "ruby", "/usr/bin/bundle", "install" } };
    try expect(isDenied(.ruby, .{
        .kind = .program,
        .program = "/usr/bin/bundle",
        .rest = 2,
    }, &install));
}
