// SPDX-License-Identifier: Apache-2.0
// What is ours on a host whose receipt was lost: files at our places that are recognisably ours.

import { hasMark, runtimesDropIn } from '../install/configFiles.ts';
import { hostPath, type Layout, LIBRARY_FILE } from '../layout/paths.ts';
import { isOwnLibrary, isOwnRescue } from '../library/check.ts';
import { ABSENT, readContents } from '../plan/fileState.ts';
import type { ReceiptFile } from '../plan/receipt.ts';
import { resolveTarget } from '../plan/resolve.ts';
import type { Role } from '../plan/types.ts';

const LIB_FOLDERS = [
  'lib',
  'lib32',
  'lib64',
  'lib/x86_64-linux-gnu',
  'lib/i386-linux-gnu',
  'lib/aarch64-linux-gnu',
  'lib/arm-linux-gnueabihf',
];

/** Files and directories as a receipt would list them. */
export function filesWithoutReceipt(layout: Layout): ReceiptFile[] {
  const { libraryDirectory, library, rescue, configFile } = layout;
  const directories = [libraryDirectory, ...LIB_FOLDERS.map((f) => `${libraryDirectory}/${f}`)];
  const links = LIB_FOLDERS.map((folder) => `${libraryDirectory}/${folder}/${LIBRARY_FILE}`);
  const found = [
    ...links.map((path) => fileAt(layout, path, 'library', isOwnLibrary)),
    fileAt(layout, rescue, 'library', isOwnRescue),
    fileAt(layout, library, 'library', isOwnLibrary),
    fileAt(layout, configFile, 'config', hasMark),
    fileAt(layout, runtimesDropIn(layout), 'config', hasMark),
    ...directories.map((path) => directoryAt(layout, path)),
  ];
  const files = found.filter((file) => file !== undefined);
  // A directory of that name may be anybody's, unless something of ours lies in it.
  return files.some(({ kind }) => kind !== 'directory') ? files : [];
}

function fileAt(
  layout: Layout,
  path: string,
  role: Role,
  isOurs: (bytes: Buffer) => boolean,
): ReceiptFile | undefined {
  const target = resolveTarget(layout, path.slice(0, path.lastIndexOf('/')));
  const place = `${target}${path.slice(path.lastIndexOf('/'))}`;
  const { state, bytes } = readContents(hostPath(layout, place));
  const common = { path, target: place, role, before: ABSENT };
  if (state.kind === 'symlink' && role === 'library' && state.target.endsWith(LIBRARY_FILE)) {
    return { ...common, kind: 'symlink' };
  }
  if (state.kind !== 'file' || bytes === undefined || !isOurs(bytes)) return undefined;
  return { ...common, kind: 'file', sha256: state.sha256 };
}

function directoryAt(layout: Layout, path: string): ReceiptFile | undefined {
  const target = resolveTarget(layout, path);
  const { state } = readContents(hostPath(layout, target));
  if (state.kind !== 'directory') return undefined;
  return { path, target, role: 'directory', kind: 'directory', before: ABSENT };
}
