// SPDX-License-Identifier: Apache-2.0
//! Frames of an address as words.

use crate::files::{DWO, Files, SUPPLEMENT};
use crate::reader::Section;
use addr2line::{Context, Frame, LookupContinuation, LookupResult, SplitDwarfLoad};
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use gimli::{Dwarf, Error, Result, UnitIndex};

/// Pointer and length of the function's name and of the file's path, line, column.
pub const FRAME_WORDS: usize = 6;
/// More inlined calls than any compiler nests.
const MOST_FRAMES: u32 = 256;

unsafe extern "C" {
    /// Asks the caller for a .dwo file: it allocates, calls `set_section` for file 3, and gives 1;
    /// or 0 where there is none.
    fn load_dwo(path: *const u8, path_bytes: usize, folder: *const u8, folder_bytes: usize) -> u32;
}

pub struct Lines {
    context: Context<Section>,
    package: Option<UnitIndex<Section>>,
}

impl Lines {
    /// The second is what is wrong with a program of which only a part could be read.
    pub fn open(files: &mut Files) -> Result<(Self, Option<Error>)> {
        let (package, no_package) = match files.package_index() {
            Ok(package) => (package, None),
            Err(error) => (None, Some(error)),
        };
        let (context, damage) = match Context::from_dwarf(files.main()?) {
            Ok(context) => (context, None),
            Err(error) => {
                crate::damage::leave_out(files)?;
                let context = Context::from_dwarf(files.main()?).or_else(|_| {
                    files.clear(SUPPLEMENT);
                    Context::from_dwarf(files.main()?)
                })?;
                (context, Some(error))
            }
        };
        Ok((Lines { context, package }, damage.or(no_package)))
    }

    /// Appends the record of one address. Damage in one unit costs the lines of that unit.
    pub fn frames_at(&self, address: u64, records: &mut Vec<u32>) {
        let count_at = records.len();
        records.push(0);
        if let Ok(count) = self.push_frames(address, records) {
            records[count_at] = count;
        } else {
            records.truncate(count_at + 1);
        }
    }

    fn push_frames(&self, address: u64, records: &mut Vec<u32>) -> Result<u32> {
        let mut result = self.context.find_frames(address);
        let mut frames = loop {
            match result {
                LookupResult::Output(frames) => break frames?,
                LookupResult::Load { load, continuation } => {
                    result = continuation.resume(self.split_unit(load).unwrap_or(None));
                }
            }
        };
        let mut count = 0;
        while let Some(frame) = frames.next()? {
            push_frame(&frame, records);
            count += 1;
            if count == MOST_FRAMES {
                break;
            }
        }
        Ok(count)
    }

    fn split_unit(&self, load: SplitDwarfLoad<Section>) -> Result<Option<Arc<Dwarf<Section>>>> {
        if let Some(package) = &self.package
            && let Some(dwarf) = crate::files().package_unit(package, load.dwo_id, &load.parent)?
        {
            return Ok(Some(dwarf));
        }
        let Some(path) = load.path else {
            return Ok(None);
        };
        let folder = load.comp_dir.map_or(&[][..], |folder| folder.0);
        crate::files().clear(DWO);
        let (at, bytes) = (path.0.as_ptr(), path.0.len());
        if unsafe { load_dwo(at, bytes, folder.as_ptr(), folder.len()) } == 0 {
            return Ok(None);
        }
        crate::files().dwo(load.dwo_id, &load.parent)
    }
}

fn push_frame(frame: &Frame<Section>, records: &mut Vec<u32>) {
    let name = frame
        .function
        .as_ref()
        .map_or(&[][..], |function| function.name.0);
    let location = frame.location.as_ref();
    let file = location.and_then(|found| found.file).unwrap_or("");
    let words: [u32; FRAME_WORDS] = [
        name.as_ptr() as u32,
        name.len() as u32,
        file.as_ptr() as u32,
        file.len() as u32,
        location.and_then(|found| found.line).unwrap_or(0),
        location.and_then(|found| found.column).unwrap_or(0),
    ];
    records.extend(words);
}

/// What is wrong, in gimli's words.
pub fn describe(error: Error) -> &'static str {
    error.to_string().leak()
}
