// SPDX-License-Identifier: Apache-2.0
//! Memory by size classes: a list of free blocks for each, new ones from the end. Everything takes
//! constant time: a general allocator spent seconds searching for room among the hundred thousand
//! tables of a program with many units. An instance is thrown away as a whole, so nothing is merged
//! or given back.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// All blocks start at multiples of it.
const ALIGNMENT: usize = 16;
/// Above it a class is a quarter of a power of two wide: at most a fifth of a block is not used.
const SMALL_BYTES: usize = 64;
const SMALL_CLASSES: usize = SMALL_BYTES / ALIGNMENT;
const STEPS: usize = 4;
/// Of one address space of 32 bits.
const CLASSES: usize = SMALL_CLASSES + STEPS * 26;
const PAGE_BYTES: usize = 65_536;
/// Memory grows by so much at once: each time costs a call into the engine.
const GROWTH_PAGES: usize = 16;
/// Blocks up to it come from pieces of memory of their own: what tables that grew left behind, or
/// so many bytes, so that a table at the end finds room to grow.
const LARGEST_OF_PIECE: usize = 2_048;
const PIECE_BYTES: usize = 65_536;

pub struct Heap(UnsafeCell<State>);

struct State {
    /// First free block of each class, which holds the address of the next one; 0: none.
    free: [usize; CLASSES],
    /// For small blocks.
    piece: Room,
    /// The end of the memory.
    last: Room,
}

/// What was not given out from `next` to `end`.
struct Room {
    next: usize,
    end: usize,
}

impl Room {
    const NONE: Room = Room { next: 0, end: 0 };

    fn take(&mut self, size_bytes: usize) -> Option<usize> {
        if self.end - self.next < size_bytes {
            return None;
        }
        let at = self.next;
        self.next += size_bytes;
        Some(at)
    }
}

/// Sound: the module runs in one thread, and nothing here calls back.
unsafe impl Sync for Heap {}

impl Heap {
    pub const fn new() -> Self {
        Heap(UnsafeCell::new(State {
            free: [0; CLASSES],
            piece: Room::NONE,
            last: Room::NONE,
        }))
    }
}

/// The class that holds so many bytes, and the size of its blocks; none beyond half of the memory.
fn class_of(size_bytes: usize) -> Option<(usize, usize)> {
    if size_bytes <= SMALL_BYTES {
        let class = size_bytes.max(1).div_ceil(ALIGNMENT) - 1;
        return Some((class, bytes_of(class)));
    }
    if size_bytes > usize::MAX / 2 {
        return None;
    }
    let power = (size_bytes - 1).ilog2();
    let step = (size_bytes - (1 << power)).div_ceil((1 << power) / STEPS);
    let above = (power - SMALL_BYTES.ilog2()) as usize;
    let class = SMALL_CLASSES + above * STEPS + step - 1;
    Some((class, bytes_of(class)))
}

fn bytes_of(class: usize) -> usize {
    if class < SMALL_CLASSES {
        return (class + 1) * ALIGNMENT;
    }
    let above = class - SMALL_CLASSES;
    let power_bytes = SMALL_BYTES << (above / STEPS);
    power_bytes + (above % STEPS + 1) * (power_bytes / STEPS)
}

impl State {
    /// Memory that no list has; 0 where there is none.
    fn extend(&mut self, size_bytes: usize) -> usize {
        if size_bytes > LARGEST_OF_PIECE {
            return self.from_last(size_bytes);
        }
        if let Some(at) = self.piece.take(size_bytes) {
            return at;
        }
        let (next, piece_bytes) = match self.left_behind() {
            Some(block) => block,
            None => (self.from_last(PIECE_BYTES), PIECE_BYTES),
        };
        if next == 0 {
            return 0;
        }
        self.piece = Room {
            next,
            end: next + piece_bytes,
        };
        self.piece.take(size_bytes).unwrap_or(0)
    }

    fn from_last(&mut self, size_bytes: usize) -> usize {
        if self.last.end - self.last.next < size_bytes && !self.grow(size_bytes) {
            return 0;
        }
        self.last.take(size_bytes).unwrap_or(0)
    }

    /// A free block that is large enough for a piece.
    fn left_behind(&mut self) -> Option<(usize, usize)> {
        let (least, _) = class_of(PIECE_BYTES)?;
        let class = (least..CLASSES).find(|&class| self.free[class] != 0)?;
        Some((self.pop(class)?, bytes_of(class)))
    }

    fn pop(&mut self, class: usize) -> Option<usize> {
        let first = self.free[class];
        if first == 0 {
            return None;
        }
        self.free[class] = unsafe { *(first as *const usize) };
        Some(first)
    }

    fn grow(&mut self, size_bytes: usize) -> bool {
        let needed = size_bytes.div_ceil(PAGE_BYTES);
        for pages in [needed.max(GROWTH_PAGES), needed] {
            let before = core::arch::wasm32::memory_grow(0, pages);
            if before == usize::MAX {
                continue;
            }
            let start = before * PAGE_BYTES;
            let Some(end) = start.checked_add(pages * PAGE_BYTES) else {
                return false;
            };
            // What was left goes on into it: nobody else makes memory grow.
            if start != self.last.end {
                self.last.next = start;
            }
            self.last.end = end;
            return true;
        }
        false
    }
}

unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((class, size_bytes)) = class_of(layout.size()) else {
            return null_mut();
        };
        if layout.align() > ALIGNMENT {
            return null_mut();
        }
        let state = unsafe { &mut *self.0.get() };
        let at = state.pop(class).unwrap_or_else(|| state.extend(size_bytes));
        at as *mut u8
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some((class, _)) = class_of(layout.size()) else {
            return;
        };
        let state = unsafe { &mut *self.0.get() };
        unsafe { *(block as *mut usize) = state.free[class] };
        state.free[class] = block as usize;
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size_bytes: usize) -> *mut u8 {
        let (Some((_, old_bytes)), Some((_, new_bytes))) =
            (class_of(layout.size()), class_of(size_bytes))
        else {
            return null_mut();
        };
        if old_bytes == new_bytes {
            return block;
        }
        let state = unsafe { &mut *self.0.get() };
        // The table at the end grows where it is.
        if new_bytes > old_bytes
            && block as usize + old_bytes == state.last.next
            && state.last.take(new_bytes - old_bytes).is_some()
        {
            return block;
        }
        let moved = unsafe {
            self.alloc(Layout::from_size_align_unchecked(
                size_bytes,
                layout.align(),
            ))
        };
        if !moved.is_null() {
            let kept = layout.size().min(size_bytes);
            unsafe { core::ptr::copy_nonoverlapping(block, moved, kept) };
            unsafe { self.dealloc(block, layout) };
        }
        moved
    }
}
