// SPDX-License-Identifier: Apache-2.0
// DW_EH_PE_* (Linux Standard Base, "DWARF Exception Header Encoding").
import type { ByteReader } from './byteReader.ts';

export const DW_EH_PE = {
  ABSPTR: 0x00,
  ULEB128: 0x01,
  UDATA2: 0x02,
  UDATA4: 0x03,
  UDATA8: 0x04,
  SIGNED: 0x08,
  SLEB128: 0x09,
  SDATA2: 0x0a,
  SDATA4: 0x0b,
  SDATA8: 0x0c,
  PCREL: 0x10,
  TEXTREL: 0x20,
  DATAREL: 0x30,
  FUNCREL: 0x40,
  ALIGNED: 0x50,
  INDIRECT: 0x80,
  OMIT: 0xff,
} as const;

/** What encoded pointers count from. Doubles: user addresses are below 2^53. */
export interface PointerBases {
  /** vaddr of the section's first byte. */
  readonly section: number;
  /** vaddr of .eh_frame_hdr, for DATAREL in it. */
  readonly data: number;
}

/** The value without its base: an address range, a count. NaN for an unknown encoding. */
export function readEncodedValue(reader: ByteReader, encoding: number): number {
  switch (encoding & 0x0f) {
    case DW_EH_PE.ABSPTR:
    case DW_EH_PE.UDATA8:
      return reader.u64();
    case DW_EH_PE.SIGNED:
    case DW_EH_PE.SDATA8:
      return reader.s64();
    case DW_EH_PE.SDATA4:
      return reader.u32() | 0;
    case DW_EH_PE.UDATA4:
      return reader.u32();
    case DW_EH_PE.SDATA2:
      return (reader.u16() << 16) >> 16;
    case DW_EH_PE.UDATA2:
      return reader.u16();
    case DW_EH_PE.ULEB128:
      return reader.uleb();
    case DW_EH_PE.SLEB128:
      return reader.sleb();
    default:
      return Number.NaN;
  }
}

/** An address; NaN where it is indirect (no function is), or relative to what is not known here. */
export function readEncodedPointer(
  reader: ByteReader,
  encoding: number,
  bases: PointerBases,
): number {
  const at = reader.at;
  const value = readEncodedValue(reader, encoding);
  switch (encoding & 0xf0) {
    case DW_EH_PE.ABSPTR:
      return value;
    case DW_EH_PE.PCREL:
      return bases.section + at + value;
    case DW_EH_PE.DATAREL:
      return bases.data + value;
    default:
      return Number.NaN;
  }
}
