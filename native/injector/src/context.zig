// SPDX-License-Identifier: Apache-2.0
//! What a runtime's file gets to decide with, and the three ways it may change the environment.
//! Every change goes through here, so that each is also recorded for the children.
const Arena = @import("arena.zig").Arena;
const Block = @import("environ.zig").Block;
const Config = @import("config.zig").Config;
const Log = @import("log.zig").Log;
const Process = @import("process.zig").Process;
const Recorder = @import("applied.zig").Recorder;
const symbols = @import("symbols.zig");
const text = @import("text.zig");

/// Why a process was changed or left alone. The numbers are read from outside: never reuse one.
pub const Verdict = enum(u8) {
    untouched = 0,
    injected = 1,
    attributes_only = 2,
    parent_removed = 3,
    disabled = 16,
    excluded = 17,
    denied = 18,
    runtime_disabled = 19,
    no_agent = 20,
    agent_unusable = 21,
    already_injected = 22,
    version_too_old = 23,
    config_unreadable = 24,
    out_of_memory = 25,
    informational = 26,
    incompatible_options = 27,
    other_agent = 28,
    own_settings = 29,
    path_not_expressible = 30,
};

pub const Command = struct {
    kind: enum { unknown, program, module, evaluate, informational } = .unknown,
    /// Script, module, main class, jar or assembly.
    program: []const u8 = "",
    /// Index in argv of the first argument after the program.
    rest: usize = 0,
};

pub const Context = struct {
    arena: *Arena,
    process: *const Process,
    env: *Block,
    config: *const Config,
    record: *Recorder,
    log: Log,
    libc: symbols.Libc,

    pub fn libcName(self: *const Context) []const u8 {
        return if (self.libc == .musl) "musl" else "glibc";
    }

    /// `piece` in front of the value, joined by `separator` where there is one already.
    pub fn prepend(
        self: *Context,
        name: []const u8,
        piece: []const u8,
        separator: []const u8,
    ) bool {
        const old = self.env.get(name);
        const value = old orelse "";
        const joint = if (value.len == 0) "" else separator;
        const data = text.join(self.arena, &.{ piece, joint }) orelse return false;
        if (!self.env.set(name, &.{ data, value })) return false;
        self.record.note(.prepend, old != null, name, data);
        self.log.line(.debug, &.{ name, ": in front: ", data });
        return true;
    }

    /// `piece` behind the value.
    pub fn append(self: *Context, name: []const u8, piece: []const u8, separator: []const u8) bool {
        const old = self.env.get(name);
        const value = old orelse "";
        const joint = if (value.len == 0 or text.endsWith(value, separator)) "" else separator;
        const data = text.join(self.arena, &.{ joint, piece }) orelse return false;
        if (!self.env.set(name, &.{ value, data })) return false;
        self.record.note(.append, old != null, name, data);
        self.log.line(.debug, &.{ name, ": at the end: ", data });
        return true;
    }

    /// A variable that was not there.
    pub fn create(self: *Context, name: []const u8, value: []const u8) bool {
        if (!self.env.set(name, &.{value})) return false;
        self.record.note(.set, false, name, value);
        self.log.line(.debug, &.{ name, ": set to: ", value });
        return true;
    }
};
