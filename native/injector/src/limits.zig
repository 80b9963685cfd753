// SPDX-License-Identifier: Apache-2.0
//! Every bound of the library in one place. Past a bound the library does not guess: it stands
//! down.

/// Anonymous memory asked for at once, and in total. Pages that are not touched cost nothing.
pub const chunk_bytes: usize = 64 * 1024;
pub const arena_bytes: usize = 16 * 1024 * 1024;

/// Size of one configuration file; read in one go up to `first_read_bytes`.
pub const config_bytes: usize = 1024 * 1024;
pub const first_read_bytes: usize = 16 * 1024;
/// Files in conf.d.
pub const drop_ins: usize = 256;
/// `*.deps.json` of a .NET program.
pub const deps_json_bytes: usize = 4 * 1024 * 1024;
pub const path_bytes: usize = 4096;

/// One environment entry; the kernel refuses a longer one at the next exec (MAX_ARG_STRLEN, 32
/// pages).
pub const env_entry_bytes: usize = 128 * 1024 - 1;
pub const env_entries: usize = 1 << 20;
pub const arguments: usize = 1 << 20;
/// What we may add to an environment.
pub const env_additions: usize = 256;
pub const applied_bytes: usize = 32 * 1024;
pub const resource_attributes: usize = 256;

/// Distance between our frame and the arguments on the initial stack (the kernel allows 6 MiB).
pub const stack_span_bytes: usize = 16 * 1024 * 1024;
pub const auxv_entries: usize = 64;

/// Steps that all glob comparisons of one start may take together.
pub const glob_steps: usize = 20_000_000;
/// Data segment of an apphost that is searched for the host's marker.
pub const apphost_data_bytes: usize = 8 * 1024;
