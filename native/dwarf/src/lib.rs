// SPDX-License-Identifier: Apache-2.0
//! Addresses → functions, lines and inlined calls, from DWARF sections that the caller copies into
//! this module's memory. One instance serves one file and is thrown away as a whole, also after a
//! trap. The interface is flat (see README.md): numbers, and pointers into the memory.

#![no_std]

extern crate alloc;

mod damage;
mod files;
mod heap;
mod lookup;
mod partial_units;
mod reader;

use alloc::alloc::{Layout, alloc};
use alloc::vec::Vec;
use files::Files;
use lookup::Lines;

#[global_allocator]
static ALLOCATOR: heap::Heap = heap::Heap::new();

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// `.debug_*` starts at multiples of eight, as compilers align it.
const ALIGNMENT: usize = 8;

static mut FILES: Files = Files::new();
static mut LINES: Option<Lines> = None;
static mut RECORDS: Vec<u32> = Vec::new();
static mut MESSAGE: &str = "";

/// The state above. Sound while the caller is one thread and `load_dwo` calls only
/// `allocate` and `set_section`, which touch nothing that `resolve` holds.
#[allow(static_mut_refs)]
fn files() -> &'static mut Files {
    unsafe { &mut FILES }
}

/// Memory for a section or for addresses; 0 where there is none. Never freed.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(size_bytes: usize) -> *mut u8 {
    match Layout::from_size_align(size_bytes.max(1), ALIGNMENT) {
        Ok(layout) => unsafe { alloc(layout) },
        Err(_) => core::ptr::null_mut(),
    }
}

/// Says where a section is. `file`: 0 the program (or its debug file), 1 what dwz moved out of it,
/// 2 its .dwp, 3 the .dwo that `load_dwo` was asked for. `kind`: see files.rs.
#[unsafe(no_mangle)]
pub extern "C" fn set_section(file: u32, kind: u32, at: *mut u8, size_bytes: usize) {
    let bytes = unsafe { core::slice::from_raw_parts_mut(at, size_bytes) };
    if files::is_abbreviations(kind) {
        partial_units::pass_over_lines(bytes);
    }
    files().set(file, kind, bytes);
}

/// Reads the headers of all units. 1: `resolve` can be called; 2: it can, but units are missing for
/// what `message` says; 0: it cannot.
#[unsafe(no_mangle)]
pub extern "C" fn open(fuel: f64) -> u32 {
    reader::refuel(fuel as u64);
    match Lines::open(files()) {
        Ok((lines, damage)) => {
            unsafe { LINES = Some(lines) };
            match damage {
                None => 1,
                Some(error) => failed(error, 2),
            }
        }
        Err(error) => failed(error, 0),
    }
}

fn failed(error: gimli::Error, result: u32) -> u32 {
    unsafe { MESSAGE = lookup::describe(error) };
    result
}

/// Finds the frames of `count` doubles at `addresses`; gives the number of words at `records`: for
/// each address a count of frames, then that many times FRAME_WORDS words, innermost first.
#[allow(static_mut_refs)]
#[unsafe(no_mangle)]
pub extern "C" fn resolve(addresses: *const f64, count: usize, fuel: f64) -> usize {
    reader::refuel(fuel as u64);
    let addresses = unsafe { core::slice::from_raw_parts(addresses, count) };
    let (lines, records) = unsafe { (LINES.as_ref(), &mut RECORDS) };
    records.clear();
    if let Some(lines) = lines {
        for &address in addresses {
            lines.frames_at(address as u64, records);
        }
    }
    records.len()
}

#[allow(static_mut_refs)]
#[unsafe(no_mangle)]
pub extern "C" fn records() -> *const u32 {
    unsafe { RECORDS.as_ptr() }
}

/// 1 when the last trap came from the bound on reads.
#[unsafe(no_mangle)]
pub extern "C" fn out_of_fuel() -> u32 {
    reader::is_out_of_fuel() as u32
}

#[allow(static_mut_refs)]
#[unsafe(no_mangle)]
pub extern "C" fn message() -> *const u8 {
    unsafe { MESSAGE.as_ptr() }
}

#[allow(static_mut_refs)]
#[unsafe(no_mangle)]
pub extern "C" fn message_bytes() -> usize {
    unsafe { MESSAGE.len() }
}
