// SPDX-License-Identifier: Apache-2.0
//! What is damaged costs the units it belongs to: addr2line takes a program as a whole or not at
//! all, so what it would stumble over is put out of its way first.

use crate::files::Files;
use crate::reader::Section;
use alloc::vec::Vec;
use gimli::{Dwarf, Error, Format, Result, SectionId, UnitHeader};

/// Where no table of abbreviations is: a unit that names it is passed over (DWARF 5 §7.5.1.1).
const NOWHERE: [u8; 8] = [0xff; 8];

/// Makes what can be read of a damaged program readable. Only units lose anything that are damaged,
/// or stand behind a length that is.
pub fn leave_out(files: &mut Files) -> Result<()> {
    // Units say themselves where their code is, as a rule.
    files.leave_out(SectionId::DebugAranges);
    let dwarf = files.main()?;
    let mut units = dwarf.units();
    let mut whole_bytes = 0;
    let mut damaged = Vec::new();
    while let Ok(Some(header)) = units.next() {
        let start = whole_bytes;
        whole_bytes += header.length_including_self();
        if !is_whole(&dwarf, header.clone()) {
            damaged.push(abbreviations_at(start, &header));
        }
    }
    drop(dwarf);
    files.shorten(SectionId::DebugInfo, whole_bytes);
    for (at, size_bytes) in damaged {
        files.overwrite(SectionId::DebugInfo, at, &NOWHERE[..size_bytes]);
    }
    Ok(())
}

/// Everything is there that is read of each unit when a program is opened.
fn is_whole(dwarf: &Dwarf<Section>, header: UnitHeader<Section>) -> bool {
    let read_all = || {
        let unit = dwarf.unit(header)?;
        let mut ranges = dwarf.unit_ranges(&unit)?;
        while ranges.next()?.is_some() {}
        Ok::<_, Error>(())
    };
    read_all().is_ok()
}

/// Place and size of `debug_abbrev_offset` in a unit's header.
fn abbreviations_at(start: usize, header: &UnitHeader<Section>) -> (usize, usize) {
    let (length_bytes, offset_bytes) = match header.format() {
        Format::Dwarf32 => (4, 4),
        Format::Dwarf64 => (12, 8),
    };
    // The version, and since 5 the unit's type and the size of addresses.
    let before = if header.version() < 5 { 2 } else { 4 };
    (start + length_bytes + before, offset_bytes)
}
