// SPDX-License-Identifier: Apache-2.0
//! Weak undefined references. The dynamic loader fills them in while it relocates this library,
//! before any code of the process runs; a symbol that nobody defines is null. So the loader's
//! own look-up tells which runtime this is, without one system call.
const builtin = @import("builtin");

const linked = !builtin.is_test;

fn weak(comptime T: type, comptime name: []const u8) ?*const T {
    if (!linked) return null;
    const address = @extern(?*const u8, .{ .name = name, .linkage = .weak });
    return @ptrFromInt(known(@intFromPtr(address)));
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

pub const Libc = enum { glibc, musl, other };

pub fn libc() Libc {
    if (weak(u8, "gnu_get_libc_version") != null) return .glibc;
    if (weak(u8, "__uClibc_main") != null) return .other;
    if (weak(u8, "__system_property_get") != null) return .other; // bionic
    return .musl;
}

/// libjli, which each launcher of a JDK links.
pub fn hasJavaLauncher() bool {
    return weak(u8, "JLI_Launch") != null;
}

/// Exported by libjli since JDK 9, where JDK_JAVA_OPTIONS came.
pub fn hasJava9Launcher() bool {
    return weak(u8, "JLI_AddArgsFromEnvVar") != null;
}

/// node::Start(int, char**)
pub fn hasNode() bool {
    return weak(u8, "_ZN4node5StartEiPPc") != null;
}

pub const Version = struct { major: u32, minor: u32 };

/// v8::internal::Version::major_ and minor_, as Node.js exports them.
pub fn v8Version() ?Version {
    const major = weak(c_int, "_ZN2v88internal7Version6major_E") orelse return null;
    const minor = weak(c_int, "_ZN2v88internal7Version6minor_E") orelse return null;
    if (major.* <= 0 or minor.* < 0) return null;
    return .{ .major = @intCast(major.*), .minor = @intCast(minor.*) };
}

/// Py_BytesMain since 3.8, Py_Main before.
pub fn hasPython() bool {
    return weak(u8, "Py_BytesMain") != null or weak(u8, "Py_Main") != null;
}

/// Exact from Py_Version (3.11 and later), else the newest version whose function is there.
pub fn pythonVersion() Version {
    if (weak(c_ulong, "Py_Version")) |v| {
        return .{ .major = @truncate(v.* >> 24 & 0xff), .minor = @truncate(v.* >> 16 & 0xff) };
    }
    if (weak(u8, "Py_NewRef") != null) return .{ .major = 3, .minor = 10 };
    if (weak(u8, "PyObject_CallOneArg") != null) return .{ .major = 3, .minor = 9 };
    if (weak(u8, "Py_BytesMain") != null) return .{ .major = 3, .minor = 8 };
    return .{ .major = 3, .minor = 0 };
}

pub fn hasRuby() bool {
    return weak(u8, "ruby_run_node") != null;
}

/// `const char ruby_version[]`, for example "3.1.2".
pub fn rubyVersionText() ?[*:0]const u8 {
    return @ptrCast(weak(u8, "ruby_version") orelse return null);
}
