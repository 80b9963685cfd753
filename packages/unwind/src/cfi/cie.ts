// SPDX-License-Identifier: Apache-2.0
// Common information entries: DWARF 5 section 6.4.1, and the augmentations of .eh_frame (LSB).
import type { ByteReader } from './byteReader.ts';
import { DW_EH_PE, type PointerBases, readEncodedPointer } from './pointerEncoding.ts';
import { STATE_WORDS } from './state.ts';

export interface Cie {
  readonly codeAlign: number;
  readonly dataAlign: number;
  readonly raRegister: number;
  /** DW_EH_PE of addresses in its FDEs. */
  readonly fdeEncoding: number;
  /** FDEs have augmentation data, after its length. */
  readonly hasAugmentationData: boolean;
  /** 'S': its frames were interrupted, not called. */
  readonly isSignal: boolean;
  /** Bytes of a segment selector before addresses (version 4). */
  readonly segmentBytes: number;
  readonly instructionsAt: number;
  readonly end: number;
  /** The state after its instructions; filled in by the interpreter. */
  readonly initial: Int32Array;
}

/** Bytes of an address in .debug_frame before version 4, and in .eh_frame. */
const ADDRESS_BYTES = 8;
const LONGEST_AUGMENTATION = 16;

/** Why a CIE cannot be used: one sentence without its place. */
export type CieProblem = string;

/**
 * Reads the CIE whose version byte is next; `reader.end` is its end.
 * @param isEhFrame .debug_frame knows no augmentation data before version 4
 */
export function readCie(
  reader: ByteReader,
  end: number,
  isEhFrame: boolean,
  bases: PointerBases,
): Cie | CieProblem {
  const version = reader.u8();
  if (version !== 1 && version !== 3 && version !== 4) return `version ${version} is unknown`;
  const augmentation = readAugmentation(reader);
  if (augmentation === undefined) return 'its augmentation does not end';
  // GCC before 3.0 put a pointer here.
  if (augmentation === 'eh') reader.skip(ADDRESS_BYTES);
  let segmentBytes = 0;
  if (version === 4) {
    const addressBytes = reader.u8();
    segmentBytes = reader.u8();
    if (addressBytes !== ADDRESS_BYTES) return `addresses of ${addressBytes} bytes`;
  }
  const codeAlign = reader.uleb();
  const dataAlign = reader.sleb();
  const raRegister = version === 1 ? reader.u8() : reader.uleb();
  const details = { fdeEncoding: DW_EH_PE.ABSPTR as number, isSignal: false };
  const hasAugmentationData = augmentation.startsWith('z');
  if (hasAugmentationData) {
    const problem = readAugmentationData(reader, augmentation, bases, details);
    if (problem !== undefined) return problem;
  } else if (augmentation !== '' && augmentation !== 'eh') {
    return `augmentation ${JSON.stringify(augmentation)} is unknown`;
  }
  if (reader.isCut) return 'ends inside its header';
  const isUsable = codeAlign > 0 && codeAlign <= 0xffff && Math.abs(dataAlign) <= 0xffff;
  if (!isUsable || !(raRegister <= 0xff)) return 'alignment factors or register out of range';
  if (!isEhFrame && details.fdeEncoding !== DW_EH_PE.ABSPTR) return 'encoded addresses';
  return {
    codeAlign,
    dataAlign,
    raRegister,
    fdeEncoding: details.fdeEncoding,
    hasAugmentationData,
    isSignal: details.isSignal,
    segmentBytes,
    instructionsAt: reader.at,
    end,
    initial: new Int32Array(STATE_WORDS),
  };
}

function readAugmentation(reader: ByteReader): string | undefined {
  let text = '';
  while (text.length <= LONGEST_AUGMENTATION) {
    const byte = reader.u8();
    if (reader.isCut) return undefined;
    if (byte === 0) return text;
    text += String.fromCharCode(byte);
  }
  return undefined;
}

function readAugmentationData(
  reader: ByteReader,
  augmentation: string,
  bases: PointerBases,
  details: { fdeEncoding: number; isSignal: boolean },
): CieProblem | undefined {
  const sizeBytes = reader.uleb();
  const dataEnd = reader.at + sizeBytes;
  if (!(dataEnd <= reader.end)) return 'augmentation data longer than the entry';
  for (const letter of augmentation.slice(1)) {
    if (letter === 'R') details.fdeEncoding = reader.u8();
    else if (letter === 'S') details.isSignal = true;
    else if (letter === 'L') reader.u8();
    else if (letter === 'P') readEncodedPointer(reader, reader.u8(), bases);
    // 'B': return addresses are signed with the B key; 'G': memory tagging. Both change no rule.
    // What follows an unknown letter cannot be told apart; its length is known, its meaning not.
    else if (letter !== 'B' && letter !== 'G') break;
  }
  if (reader.at > dataEnd) return 'augmentation data shorter than its augmentation';
  reader.at = dataEnd;
  return undefined;
}
