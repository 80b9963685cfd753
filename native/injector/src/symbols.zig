// SPDX-License-Identifier: Apache-2.0
//! Weak undefined references. The dynamic loader fills them in while it relocates this library,
//! before any code of the process runs; a symbol that nobody defines is null. So the loader's
//! own look-up tells which runtime this is, without one system call. Each costs every process of
//! the host some 0.4 microseconds, so there are only those that decide; the rest is looked up
//! by modules.zig in the processes that are a known runtime.
const builtin = @import("builtin");
const modules = @import("modules.zig");
const Process = @import("process.zig").Process;

const linked = !builtin.is_test;

fn weak(comptime name: []const u8) bool {
    if (!linked) return false;
    return known(@intFromPtr(@extern(?*const u8, .{ .name = name, .linkage = .weak }))) != 0;
}

/// Keeps the optimizer from reasoning about the address: it takes two names for two objects.
fn known(address: usize) usize {
    return asm (""
        : [out] "=r" (-> usize),
        : [in] "0" (address),
    );
}

/// `char **environ` of the C library, by the reserved name and by the public one. They are one
/// object unless the program defines an `environ` of its own.
pub fn environCell() ?*?[*:null]?[*:0]const u8 {
    if (!linked) return null;
    const Cell = ?*?[*:null]?[*:0]const u8;
    const reserved = known(@intFromPtr(@extern(Cell, .{ .name = "__environ", .linkage = .weak })));
    const public = known(@intFromPtr(@extern(Cell, .{ .name = "environ", .linkage = .weak })));
    if (reserved != public) return null;
    return @ptrFromInt(reserved);
}

/// libjli, which each launcher of a JDK links.
pub fn hasJavaLauncher() bool {
    return weak("JLI_Launch");
}

/// node::Start(int, char**)
pub fn hasNode() bool {
    return weak("_ZN4node5StartEiPPc");
}

pub fn hasPython() bool {
    return weak("Py_Main");
}

pub fn hasRuby() bool {
    return weak("ruby_run_node");
}

pub const Libc = enum { glibc, musl, other };

pub fn libc(p: *const Process) Libc {
    if (weak("gnu_get_libc_version")) return .glibc;
    if (modules.find(p, "__uClibc_main") != null) return .other;
    if (modules.find(p, "__system_property_get") != null) return .other; // bionic
    return .musl;
}

/// Exported by libjli since JDK 9, where JDK_JAVA_OPTIONS came.
pub fn hasJava9Launcher(p: *const Process) bool {
    return modules.find(p, "JLI_AddArgsFromEnvVar") != null;
}

pub const Version = struct { major: u32, minor: u32 };

/// v8::internal::Version::major_ and minor_, as Node.js exports them.
pub fn v8Version(p: *const Process) ?Version {
    const major = wordAt(u32, p, "_ZN2v88internal7Version6major_E") orelse return null;
    const minor = wordAt(u32, p, "_ZN2v88internal7Version6minor_E") orelse return null;
    return .{ .major = major, .minor = minor };
}

/// Exact from Py_Version (3.11 and later), else the newest version whose function is there.
pub fn pythonVersion(p: *const Process) ?Version {
    if (wordAt(u64, p, "Py_Version")) |v| {
        return .{ .major = @truncate(v >> 24 & 0xff), .minor = @truncate(v >> 16 & 0xff) };
    }
    // Without the one that all have, the tables could not be read.
    if (modules.find(p, "Py_Main") == null) return null;
    if (modules.find(p, "Py_NewRef") != null) return .{ .major = 3, .minor = 10 };
    if (modules.find(p, "PyObject_CallNoArgs") != null) return .{ .major = 3, .minor = 9 };
    if (modules.find(p, "Py_BytesMain") != null) return .{ .major = 3, .minor = 8 };
    return .{ .major = 3, .minor = 0 };
}

/// `const char ruby_version[]`, for example "3.1.2".
pub fn rubyVersionText(p: *const Process) ?[*:0]const u8 {
    return @ptrFromInt(modules.find(p, "ruby_version") orelse return null);
}

fn wordAt(comptime T: type, p: *const Process, name: []const u8) ?T {
    const address = modules.find(p, name) orelse return null;
    return if (address % @alignOf(T) == 0) @as(*const T, @ptrFromInt(address)).* else null;
}
