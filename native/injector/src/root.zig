// SPDX-License-Identifier: Apache-2.0
//! The story, once for each process that the dynamic loader starts: find the stack, stand down
//! where privileges are involved, recognise the runtime, take out what a parent added, add what
//! concerns this runtime, swap the pointer. A process that is no known runtime and inherited
//! nothing of ours returns from `start` without a system call and without a write.
const builtin = @import("builtin");
const applied = @import("applied.zig");
const conf = @import("conf.zig");
const config = @import("config.zig");
const context = @import("context.zig");
const deny = @import("deny.zig");
const environ = @import("environ.zig");
const files = @import("files.zig");
const filters = @import("filters.zig");
const limits = @import("limits.zig");
const log = @import("log.zig");
const process = @import("process.zig");
const resource = @import("resource.zig");
const service_name = @import("service_name.zig");
const symbols = @import("symbols.zig");
const text = @import("text.zig");
const verdict_text = @import("verdict_text.zig");
const Arena = @import("arena.zig").Arena;

const jvm = @import("jvm.zig");
const node = @import("node.zig");
const python = @import("python.zig");
const ruby = @import("ruby.zig");
const dotnet = @import("dotnet.zig");

comptime {
    if (!builtin.is_test)
        @export(&start, .{ .name = "otel_injector_start", .visibility = .hidden });
}

/// Called by entry.S as the loader calls a constructor; under musl the registers are garbage.
fn start(argc: usize, argv: usize, envp: usize) callconv(.c) void {
    const cell = symbols.environCell() orelse return;
    const env = cell.* orelse return;
    const regs = process.Registers{ .argc = argc, .argv = argv, .envp = envp };
    const p = process.discover(regs, @frameAddress(), @intFromPtr(env)) orelse return;
    const seen = look(env) orelse return;
    const runtime = detect(&p);
    const pointless = pointlessVerdict(runtime, &p);
    const active = !seen.disabled and (if (runtime == .none) seen.requests else pointless == null);
    if (active) return change(cell, env[0..seen.count], &p, seen, runtime);
    if (seen.inherited) return clean(cell, env[0..seen.count], &p, seen, runtime);
    verdict_text.report(seen.log, &p, runtime, if (seen.disabled) .disabled else pointless orelse .untouched);
}

const Seen = struct {
    count: usize = 0,
    /// A parent's additions are in this environment.
    inherited: bool = false,
    /// Resource attributes are asked for.
    requests: bool = false,
    disabled: bool = false,
    log: log.Log = .{},
};

/// One pass over the environment for our own variables; of a name the first counts, as for
/// getenv(3).
fn look(env: process.EnvPointer) ?Seen {
    const prefix = "OTEL_INJECTOR_";
    var s = Seen{};
    var has_switch = false;
    var has_level = false;
    while (env[s.count]) |entry| : (s.count += 1) {
        if (s.count == limits.env_entries) return null;
        if (entry[0] != 'O' or entry[1] != 'T') continue;
        const line = text.span(entry);
        if (!text.startsWith(line, prefix)) continue;
        const equals = text.indexOfByte(line, '=') orelse continue;
        const name = line[0..equals];
        const value = line[equals + 1 ..];
        if (text.eql(name, applied.variable)) s.inherited = true;
        if (!has_switch and text.eql(name, "OTEL_INJECTOR_DISABLED")) {
            has_switch = true;
            s.disabled = conf.isTrue(value);
        }
        if (!has_level and text.eql(name, "OTEL_INJECTOR_LOG_LEVEL")) {
            has_level = true;
            s.log.level = log.levelOf(value);
        }
        if (value.len > 0 and resource.isRequest(name)) s.requests = true;
    }
    return s;
}

fn detect(p: *const process.Process) deny.Runtime {
    if (jvm.detect(p)) return .jvm;
    if (node.detect(p)) return .nodejs;
    if (python.detect(p)) return .python;
    if (ruby.detect(p)) return .ruby;
    if (dotnet.detect(p)) return .dotnet;
    return .none;
}

/// Known from the command line alone, without memory or a system call.
fn pointlessVerdict(runtime: deny.Runtime, p: *const process.Process) ?context.Verdict {
    if (runtime == .python and python.isFutile(p)) return .incompatible_options;
    return if (commandOf(runtime, p).kind == .informational) .informational else null;
}

/// Takes out what a parent added and adds nothing.
fn clean(
    cell: *?process.EnvPointer,
    env: []?[*:0]const u8,
    p: *const process.Process,
    seen: Seen,
    runtime: deny.Runtime,
) void {
    verdict_text.report(seen.log, p, runtime, .parent_removed);
    if (undoInPlace(cell, env, p)) return;
    var arena = Arena{};
    var block = environ.Block.copyOf(&arena, env) orelse return;
    applied.undo(&block);
    if (!block.failed) cell.* = block.finish();
}

fn change(
    cell: *?process.EnvPointer,
    env: []?[*:0]const u8,
    p: *const process.Process,
    seen: Seen,
    runtime: deny.Runtime,
) void {
    var arena = Arena{};
    var block = environ.Block.copyOf(&arena, env) orelse return;
    applied.undo(&block);
    if (block.failed) return;
    // A plan that fails half-way is dropped as a whole; what a parent added stays taken out.
    var undone = environ.Block.copyOf(&arena, block.entries[0..block.len]) orelse return;
    undone.changed = block.changed;
    var verdict = plan(&arena, &block, p, seen, runtime);
    if (block.failed or verdict == .out_of_memory) {
        verdict = .out_of_memory;
        block = undone;
    }
    if (verdict == .untouched and block.changed) verdict = .parent_removed;
    verdict_text.report(seen.log, p, runtime, verdict);
    if (!block.changed) return;
    if (block.state) |s| {
        s.runtime = @backingInt(runtime);
        s.verdict = @backingInt(verdict);
        s.count = block.len;
    }
    cell.* = block.finish();
}

/// In the kernel's own array, while that is still the environment: no memory, no system call.
fn undoInPlace(cell: *?process.EnvPointer, env: []?[*:0]const u8, p: *const process.Process) bool {
    const array = @intFromPtr(env.ptr);
    if (array != @intFromPtr(p.argv.ptr) + (p.argv.len + 1) * @sizeOf(usize)) return false;
    for (env) |entry| {
        const string = @intFromPtr(entry);
        if (string < array or string - array > limits.stack_span_bytes) return false;
    }
    var block = environ.Block.inPlace(env);
    applied.undo(&block);
    cell.* = block.finish();
    return true;
}

fn plan(
    arena: *Arena,
    block: *environ.Block,
    p: *const process.Process,
    seen: Seen,
    runtime: deny.Runtime,
) context.Verdict {
    const libc = symbols.libc(p);
    if (libc == .other) return .untouched;
    var record = applied.Recorder.init(arena);
    var settings = config.Config{};
    var c = context.Context{
        .arena = arena,
        .process = p,
        .env = block,
        .config = &settings,
        .record = &record,
        .log = seen.log,
        .libc = libc,
    };
    const verdict = if (runtime == .none)
        planUnknown(&c, &settings)
    else
        planKnown(&c, &settings, runtime);
    if (record.empty or block.failed) return verdict;
    if (!block.set(applied.variable, &.{record.buffer.text()}) or record.buffer.overflow)
        return .out_of_memory;
    return verdict;
}

/// No configuration file is read for a program that is no known runtime: its own variables decide.
fn planUnknown(c: *context.Context, settings: *config.Config) context.Verdict {
    config.applyEnvironment(settings, c.arena, c.env);
    if (filters.verdict(c.arena, settings, c.process)) |v| return v;
    return if (resource.add(c, null)) .attributes_only else .out_of_memory;
}

fn planKnown(c: *context.Context, settings: *config.Config, runtime: deny.Runtime) context.Verdict {
    const command = commandOf(runtime, c.process);
    settings.* = config.load(c.arena, c.env, c.log) orelse return .config_unreadable;
    if (filters.verdict(c.arena, settings, c.process)) |v| return v;
    if (settings.builtin_deny_list and deny.isDenied(runtime, command, c.process)) return .denied;
    const off = config.isDisabled(settings, verdict_text.nameOf(runtime));
    const verdict = if (off) .runtime_disabled else inject(c, runtime);
    switch (verdict) {
        .injected, .already_injected => {},
        .runtime_disabled, .no_agent => {
            return if (resource.add(c, null)) verdict else .out_of_memory;
        },
        else => return verdict,
    }
    if (!addDefaults(c)) return .out_of_memory;
    const derive = settings.service_name_detection and !resource.hasServiceName(c);
    const name = if (derive) service_name.derive(c, runtime, command) else null;
    return if (resource.add(c, name)) verdict else .out_of_memory;
}

/// The agents' default environment: OTEL_* only, and never over what the application has.
fn addDefaults(c: *context.Context) bool {
    if (c.config.env_file.len == 0) return true;
    const path = text.join(c.arena, &.{c.config.env_file}) orelse return false;
    const source = switch (files.readText(c.arena, path, limits.config_bytes)) {
        .bytes => |b| b,
        .missing => return true,
        .unreadable => {
            c.log.line(.warn, &.{ "cannot read ", path });
            return true;
        },
    };
    var lines = conf.Lines.init(source);
    var count: usize = 0;
    while (lines.next()) |line| {
        if (line.damaged or !isOtelName(line.key) or c.env.has(line.key)) continue;
        count += 1;
        if (count > limits.env_additions / 2) return false;
        if (!c.create(line.key, line.value)) return false;
    }
    return true;
}

fn isOtelName(name: []const u8) bool {
    if (!text.startsWith(name, "OTEL_") or text.eql(name, applied.variable)) return false;
    for (name) |ch| if (!text.isLetter(ch) and !text.isDigit(ch) and ch != '_') return false;
    return true;
}

fn commandOf(runtime: deny.Runtime, p: *const process.Process) context.Command {
    return switch (runtime) {
        .jvm => jvm.command(p),
        .nodejs => node.command(p),
        .python => python.command(p),
        .ruby => ruby.command(p),
        .dotnet => dotnet.command(p),
        .none => .{},
    };
}

fn inject(c: *context.Context, runtime: deny.Runtime) context.Verdict {
    return switch (runtime) {
        .jvm => jvm.inject(c),
        .nodejs => node.inject(c),
        .python => python.inject(c),
        .ruby => ruby.inject(c),
        .dotnet => dotnet.inject(c),
        .none => .untouched,
    };
}

test {
    _ = applied;
    _ = conf;
    _ = config;
    _ = deny;
    _ = environ;
    _ = files;
    _ = filters;
    _ = jvm;
    _ = node;
    _ = process;
    _ = python;
    _ = resource;
    _ = ruby;
    _ = dotnet;
    _ = service_name;
    _ = text;
    _ = verdict_text;
    _ = @import("arena.zig");
    _ = @import("glob.zig");
    _ = @import("modules.zig");
}
