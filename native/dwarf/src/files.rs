// SPDX-License-Identifier: Apache-2.0
//! The files that make up one program's DWARF, as slices of this module's memory.

use crate::reader::Section;
use alloc::sync::Arc;
use gimli::{Dwarf, DwoId, Error, Result, SectionId, UnitIndex};

/// Sections by `kind`, as packages/symbols/src/dwarf/sections.ts numbers them.
const KINDS: [SectionId; 12] = [
    SectionId::DebugInfo,
    SectionId::DebugAbbrev,
    SectionId::DebugLine,
    SectionId::DebugStr,
    SectionId::DebugLineStr,
    SectionId::DebugAddr,
    SectionId::DebugRanges,
    SectionId::DebugRngLists,
    SectionId::DebugStrOffsets,
    SectionId::DebugAranges,
    SectionId::DebugCuIndex,
    SectionId::DebugTuIndex,
];

pub const MAIN: u32 = 0;
pub const SUPPLEMENT: u32 = 1;
pub const PACKAGE: u32 = 2;
pub const DWO: u32 = 3;
const FILES: usize = 4;

fn kind_of(id: SectionId) -> Option<usize> {
    KINDS.iter().position(|&kind| kind == id)
}

pub fn is_abbreviations(kind: u32) -> bool {
    KINDS.get(kind as usize) == Some(&SectionId::DebugAbbrev)
}

type Sections = [&'static [u8]; KINDS.len()];

pub struct Files([Sections; FILES]);

impl Files {
    pub const fn new() -> Self {
        Files([[&[]; KINDS.len()]; FILES])
    }

    pub fn set(&mut self, file: u32, kind: u32, bytes: &'static [u8]) {
        let sections = self.0.get_mut(file as usize);
        if let Some(section) = sections.and_then(|all| all.get_mut(kind as usize)) {
            *section = bytes;
        }
    }

    /// Before the next .dwo is loaded: it need not have the same sections.
    pub fn clear(&mut self, file: u32) {
        self.0[file as usize] = [&[]; KINDS.len()];
    }

    fn section(&self, file: u32, id: SectionId) -> Section {
        Section(kind_of(id).map_or(&[], |kind| self.0[file as usize][kind]))
    }

    fn main_section(&mut self, id: SectionId) -> Option<&mut &'static [u8]> {
        kind_of(id).map(|kind| &mut self.0[MAIN as usize][kind])
    }

    /// As if the program had no such section.
    pub fn leave_out(&mut self, id: SectionId) {
        self.shorten(id, 0);
    }

    pub fn shorten(&mut self, id: SectionId, size_bytes: usize) {
        if let Some(section) = self.main_section(id) {
            *section = &section[..size_bytes.min(section.len())];
        }
    }

    /// Nothing that reads the section may be alive.
    pub fn overwrite(&mut self, id: SectionId, at: usize, bytes: &[u8]) {
        let Some(section) = self.main_section(id) else {
            return;
        };
        let Some(place) = section.get(at..at + bytes.len()) else {
            return;
        };
        // The memory is this module's own: the caller copied the section into it.
        let to = place.as_ptr().cast_mut();
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    }

    fn has(&self, file: u32, id: SectionId) -> bool {
        !self.section(file, id).0.is_empty()
    }

    pub fn main(&self) -> Result<Dwarf<Section>> {
        let mut dwarf = Dwarf::load(|id| Ok::<_, Error>(self.section(MAIN, id)))?;
        if self.has(SUPPLEMENT, SectionId::DebugStr) {
            dwarf.load_sup(|id| Ok::<_, Error>(self.section(SUPPLEMENT, id)))?;
        }
        // Linkers merge tables of abbreviations, and Go writes one for all units.
        dwarf.populate_abbreviations_cache(gimli::AbbreviationsCacheStrategy::Duplicates);
        Ok(dwarf)
    }

    /// The index of the .dwp (DWARF 5 §7.3.5).
    pub fn package_index(&self) -> Result<Option<UnitIndex<Section>>> {
        let index = self.section(PACKAGE, SectionId::DebugCuIndex);
        if index.0.is_empty() {
            return Ok(None);
        }
        gimli::DebugCuIndex::from(index).index().map(Some)
    }

    /// What units of the .dwp contribute to each section. gimli's own `DwarfPackage` insists on
    /// those that are not loaded here: locations, macros.
    pub fn package_unit(
        &self,
        index: &UnitIndex<Section>,
        wanted: DwoId,
        parent: &Dwarf<Section>,
    ) -> Result<Option<Arc<Dwarf<Section>>>> {
        let Some(row) = index.find(wanted.0) else {
            return Ok(None);
        };
        let mut dwarf = Dwarf::load(|id| {
            let whole = self.section(PACKAGE, id);
            if id == SectionId::DebugStr {
                return Ok::<_, Error>(whole);
            }
            let mut parts = index.sections(row)?;
            let part = parts.find(|part| part.section.section_id() == id);
            Ok(Section(part.map_or(&[], |part| {
                let rest = whole.0.get(part.offset as usize..).unwrap_or(&[]);
                rest.get(..part.size as usize).unwrap_or(rest)
            })))
        })?;
        dwarf.make_dwo(parent);
        Ok(Some(Arc::new(dwarf)))
    }

    /// The unit `wanted` of the .dwo that was loaded last. A file that was compiled again since
    /// holds another one: its lines would be wrong.
    pub fn dwo(
        &self,
        wanted: DwoId,
        parent: &Dwarf<Section>,
    ) -> Result<Option<Arc<Dwarf<Section>>>> {
        let mut dwarf = Dwarf::load(|id| Ok::<_, Error>(self.section(DWO, id)))?;
        dwarf.make_dwo(parent);
        let mut units = dwarf.units();
        while let Some(header) = units.next()? {
            let offset = header.debug_info_offset().map_or(0, |offset| offset.0);
            if dwarf.unit(header)?.dwo_id != Some(wanted) {
                continue;
            }
            // addr2line takes the first unit: that is this one, from here on.
            let mut rest = self.section(DWO, SectionId::DebugInfo);
            rest.0 = rest.0.get(offset..).unwrap_or(&[]);
            dwarf.debug_info = rest.into();
            return Ok(Some(Arc::new(dwarf)));
        }
        Ok(None)
    }
}
