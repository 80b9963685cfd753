// SPDX-License-Identifier: Apache-2.0
// Which executable a file is: the build ID of an ELF file that somebody drops on the page, read in
// the browser so that the right one of the list gets it. Section numbers are the gABI's.

/** Headers and notes stand at the beginning. */
export const READ_BYTES: number = 1024 * 1024;
const PT_NOTE = 4;
const NT_GNU_BUILD_ID = 3;
const MAX_HEADERS = 512;
const MAX_NOTES = 256;

/** @returns the build ID as hexadecimal digits; '' where there is none, or the file is no ELF */
export function buildIdOf(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64 || view.getUint32(0) !== 0x7f454c46) return '';
  const is64 = bytes[4] === 2;
  const little = bytes[5] === 1;
  const headersAt = is64 ? Number(view.getBigUint64(32, little)) : view.getUint32(28, little);
  const headerBytes = view.getUint16(is64 ? 54 : 42, little);
  const headerCount = Math.min(MAX_HEADERS, view.getUint16(is64 ? 56 : 44, little));
  for (let index = 0; index < headerCount; index++) {
    const at = headersAt + index * headerBytes;
    if (at + (is64 ? 56 : 32) > bytes.length) return '';
    if (view.getUint32(at, little) !== PT_NOTE) continue;
    const offset = is64
      ? Number(view.getBigUint64(at + 8, little))
      : view.getUint32(at + 4, little);
    const size = is64
      ? Number(view.getBigUint64(at + 32, little))
      : view.getUint32(at + 16, little);
    const found = buildIdInNotes(
      bytes,
      view,
      offset,
      Math.min(bytes.length, offset + size),
      little,
    );
    if (found !== '') return found;
  }
  return '';
}

function buildIdInNotes(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  end: number,
  little: boolean,
): string {
  let at = from;
  for (let count = 0; count < MAX_NOTES && at + 12 <= end; count++) {
    const nameBytes = view.getUint32(at, little);
    const descBytes = view.getUint32(at + 4, little);
    const type = view.getUint32(at + 8, little);
    const descAt = at + 12 + aligned(nameBytes);
    const next = descAt + aligned(descBytes);
    if (next > end + 3) return '';
    const isGnu = nameBytes === 4 && view.getUint32(at + 12) === 0x474e5500;
    if (isGnu && type === NT_GNU_BUILD_ID) {
      const id = bytes.subarray(descAt, descAt + descBytes);
      return Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    at = next;
  }
  return '';
}

function aligned(size: number): number {
  return Math.ceil(size / 4) * 4;
}
