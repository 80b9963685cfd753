// SPDX-License-Identifier: Apache-2.0
//! Reads a section that the caller put into memory, and counts what it reads. Sections can refer to
//! one another so that a small file stands for endless work (a thousand units that share one line
//! table, a range list in each function): whatever is hostile has to read, and runs out of fuel.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use gimli::{Error, LittleEndian, Reader, ReaderOffsetId, Result};

/// A search through so many bytes costs as much as one read.
const BYTES_A_READ: usize = 16;

/// Reads that are left. One thread, one instance: nothing else touches it.
static mut FUEL: u64 = 0;

/// Sets how much may be read from now on.
pub fn refuel(reads: u64) {
    unsafe { FUEL = reads }
}

/// True when the caller's bound, and no damage, ended the work.
pub fn is_out_of_fuel() -> bool {
    unsafe { FUEL == 0 }
}

#[inline(always)]
fn burn(reads: u64) {
    unsafe {
        if FUEL <= reads {
            out_of_fuel();
        }
        FUEL -= reads;
    }
}

#[cold]
#[inline(never)]
fn out_of_fuel() -> ! {
    unsafe { FUEL = 0 }
    core::arch::wasm32::unreachable()
}

/// The rest of a section. Memory of sections is never freed: the instance goes as a whole.
#[derive(Clone, Copy)]
pub struct Section(pub &'static [u8]);

impl fmt::Debug for Section {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl Section {
    #[inline(always)]
    fn take(&mut self, len: usize) -> Result<&'static [u8]> {
        burn(1);
        match self.0.split_at_checked(len) {
            Some((head, rest)) => {
                self.0 = rest;
                Ok(head)
            }
            None => Err(Error::UnexpectedEof(self.offset_id())),
        }
    }
}

impl Reader for Section {
    type Endian = LittleEndian;
    type Offset = usize;

    #[inline]
    fn endian(&self) -> LittleEndian {
        LittleEndian
    }

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    fn empty(&mut self) {
        self.0 = &[];
    }

    #[inline]
    fn truncate(&mut self, len: usize) -> Result<()> {
        match self.0.get(..len) {
            Some(head) => {
                self.0 = head;
                Ok(())
            }
            None => Err(Error::UnexpectedEof(self.offset_id())),
        }
    }

    #[inline]
    fn offset_from(&self, base: &Self) -> usize {
        (self.0.as_ptr() as usize).wrapping_sub(base.0.as_ptr() as usize)
    }

    #[inline]
    fn offset_id(&self) -> ReaderOffsetId {
        ReaderOffsetId(self.0.as_ptr() as u64)
    }

    fn lookup_offset_id(&self, id: ReaderOffsetId) -> Option<usize> {
        let offset = (id.0 as usize).checked_sub(self.0.as_ptr() as usize)?;
        (offset <= self.0.len()).then_some(offset)
    }

    #[inline]
    fn find(&self, byte: u8) -> Result<usize> {
        let found = self.0.iter().position(|&one| one == byte);
        burn(1 + (found.unwrap_or(self.0.len()) / BYTES_A_READ) as u64);
        found.ok_or_else(|| Error::UnexpectedEof(self.offset_id()))
    }

    #[inline]
    fn skip(&mut self, len: usize) -> Result<()> {
        self.take(len).map(|_| ())
    }

    #[inline]
    fn split(&mut self, len: usize) -> Result<Self> {
        self.take(len).map(Section)
    }

    fn to_slice(&self) -> Result<Cow<'_, [u8]>> {
        Ok(self.0.into())
    }

    fn to_string(&self) -> Result<Cow<'_, str>> {
        let text = core::str::from_utf8(self.0).map_err(|_| Error::BadUtf8)?;
        Ok(text.into())
    }

    fn to_string_lossy(&self) -> Result<Cow<'_, str>> {
        Ok(String::from_utf8_lossy(self.0))
    }

    #[inline]
    fn read_slice(&mut self, buf: &mut [u8]) -> Result<()> {
        buf.copy_from_slice(self.take(buf.len())?);
        Ok(())
    }

    #[inline]
    fn read_u8(&mut self) -> Result<u8> {
        burn(1);
        match self.0.split_first() {
            Some((&byte, rest)) => {
                self.0 = rest;
                Ok(byte)
            }
            None => Err(Error::UnexpectedEof(self.offset_id())),
        }
    }
}
