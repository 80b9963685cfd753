// SPDX-License-Identifier: Apache-2.0
export * from './bytes/byteSource.ts';
export * from './bytes/endian.ts';
export * from './bytes/fileSource.ts';
export * from './bytes/hex.ts';
export * from './bytes/surrogateEscape.ts';
export * from './deps/dynamicStrings.ts';
export * from './deps/interpreter.ts';
export * from './diagnostics/diagnostic.ts';
export * from './elf/constants.ts';
export * from './elf/elfFile.ts';
export * from './elf/names.ts';
export * from './elf/notes.ts';
export * from './elf/types.ts';
export * from './elf/versions.ts';
export { LIMITS } from './limits.ts';
