// SPDX-License-Identifier: Apache-2.0
// Which modules are loaded, where, and the build IDs of the kernel and of each: /proc/modules,
// /sys/kernel/notes, /sys/module/NAME/notes (kernel: Documentation/ABI/testing/sysfs-module).
import { kernelFileId, ProcError, type ProcFs } from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import { kernelAddressOf } from './kernelAddress.ts';

const NOTE_HEADER_BYTES = 12;
const NT_GNU_BUILD_ID = 3;
const GNU = Buffer.from('GNU\0');

/** The kernel image, or a module. */
export interface KernelModule {
  /** `vmlinux` for the kernel itself. */
  readonly name: string;
  /** See kernelAddress; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** GNU build ID in hex; undefined where the kernel publishes none. */
  readonly buildId: string | undefined;
  /** OpenTelemetry's file ID of kernel code, made from the build ID. */
  readonly fileId: string | undefined;
}

/** A line of /proc/modules. */
export interface LoadedModule {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const LINE = /^([^ ]+) (\d+) (?:-|\d+) [^ ]+ [A-Za-z]+ 0x([0-9a-f]{1,16})\b/;

/** Parses /proc/modules; modules whose address is hidden (zero) are left out. */
export function parseModules(text: string): LoadedModule[] {
  const modules: LoadedModule[] = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const start = kernelAddressOf(BigInt(`0x${match[3]}`));
    const sizeBytes = Number(match[2]);
    if (start === 0 || !Number.isSafeInteger(sizeBytes)) continue;
    modules.push({ name: match[1]!, start, end: start + sizeBytes });
    if (modules.length >= SYMBOL_LIMITS.modules) break;
  }
  return modules;
}

/** Reads /proc/modules; empty for a kernel without loadable modules. */
export function readModules(fs: ProcFs): LoadedModule[] {
  try {
    return parseModules(
      fs.readHost('modules', SYMBOL_LIMITS.modulesBytes).bytes.toString('latin1'),
    );
  } catch (error) {
    if (error instanceof ProcError) return [];
    throw error;
  }
}

/**
 * Build ID of the kernel (`vmlinux`) or of a module, in hex.
 * @param sysRoot where sysfs is mounted
 */
export function kernelBuildId(fs: ProcFs, sysRoot: string, name: string): string | undefined {
  // A module's name is a file name here; the kernel's own have no slash.
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.')) return undefined;
  const path =
    name === 'vmlinux'
      ? `${sysRoot}/kernel/notes`
      : `${sysRoot}/module/${name}/notes/.note.gnu.build-id`;
  try {
    return buildIdInNotes(fs.readPath(path, SYMBOL_LIMITS.notesBytes).bytes);
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
}

/** A module with its IDs. */
export function identify(fs: ProcFs, sysRoot: string, loaded: LoadedModule): KernelModule {
  const buildId = kernelBuildId(fs, sysRoot, loaded.name);
  const fileId = buildId === undefined ? undefined : kernelFileId(buildId);
  return { ...loaded, buildId, fileId };
}

/** The GNU build ID among raw notes in the byte order of this machine (gABI, "Note Section"). */
export function buildIdInNotes(notes: Buffer): string | undefined {
  const view = new DataView(notes.buffer, notes.byteOffset, notes.byteLength);
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  let at = 0;
  while (at + NOTE_HEADER_BYTES <= notes.length) {
    const nameBytes = view.getUint32(at, isLittle);
    const descriptionBytes = view.getUint32(at + 4, isLittle);
    const type = view.getUint32(at + 8, isLittle);
    const nameAt = at + NOTE_HEADER_BYTES;
    const descriptionAt = nameAt + aligned(nameBytes);
    const end = descriptionAt + descriptionBytes;
    if (end > notes.length) return undefined;
    const isGnu = nameBytes === GNU.length && GNU.compare(notes, nameAt, nameAt + 4) === 0;
    if (isGnu && type === NT_GNU_BUILD_ID && descriptionBytes > 0) {
      return notes.toString('hex', descriptionAt, end);
    }
    at = descriptionAt + aligned(descriptionBytes);
  }
  return undefined;
}

function aligned(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 4) * 4;
}
