// SPDX-License-Identifier: Apache-2.0
//! The library for 32-bit programs: nothing at all. With `$LIB` in the preload path it keeps the
//! loader from complaining about a wrong ELF class in each of them.
