// SPDX-License-Identifier: Apache-2.0
//! dwz moves what units share into partial units, thousands of them in one program, and each names
//! the line table of a unit it came from. gimli reads the list of files of that table for every
//! unit that names one, though nothing of a partial unit has an address: their attribute is
//! renamed, so that it is passed over.

const DW_TAG_PARTIAL_UNIT: u64 = 0x3c;
const DW_AT_STMT_LIST: u8 = 0x10;
/// Means nothing for a unit, and is as long.
const DW_AT_VISIBILITY: u8 = 0x17;
const DW_FORM_IMPLICIT_CONST: u64 = 0x21;

/// Renames it in all tables of `.debug_abbrev` (DWARF 5 §7.5.3), as far as they can be read.
pub fn pass_over_lines(abbreviations: &mut [u8]) {
    let mut rest = Cursor {
        bytes: abbreviations,
        at: 0,
    };
    while rest.declaration().is_some() {}
}

struct Cursor<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl Cursor<'_> {
    fn declaration(&mut self) -> Option<()> {
        if self.number()? == 0 {
            return Some(());
        }
        let is_partial = self.number()? == DW_TAG_PARTIAL_UNIT;
        self.at += 1;
        loop {
            let name_at = self.at;
            let name = self.number()?;
            let form = self.number()?;
            if name == 0 && form == 0 {
                return Some(());
            }
            if form == DW_FORM_IMPLICIT_CONST {
                self.number()?;
            }
            if is_partial && self.bytes[name_at] == DW_AT_STMT_LIST {
                self.bytes[name_at] = DW_AT_VISIBILITY;
            }
        }
    }

    /// LEB128: the sign of the only signed one does not matter.
    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
    }
}
