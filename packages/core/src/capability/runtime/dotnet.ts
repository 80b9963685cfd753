// SPDX-License-Identifier: Apache-2.0
// .NET: libcoreclr is the runtime, its directory bears the version. A host (`dotnet`, an apphost)
// is known by libhostfxr or by its runtimeconfig.json; a single-file program exports
// DotNetRuntimeInfo.
import type { ReadText, RuntimeDetector } from './types.ts';

const SHARED = /\/Microsoft\.NETCore\.App\/(\d{1,3}\.\d{1,3}\.\d{1,3}[\w.-]{0,32})\//;

export const dotnet: RuntimeDetector = {
  id: 'dotnet',
  name: '.NET',
  library: /^libcoreclr\.so$/,
  ofFile: ({ name, path, needed, hasSymbol }) => {
    const version = SHARED.exec(path)?.[1];
    const found = (from: string, says: string): ReturnType<RuntimeDetector['ofFile']> => ({
      id: 'dotnet',
      evidence: [{ from, says }],
      ...(version !== undefined && { version }),
    });
    if (name === 'libcoreclr.so') return found(name, 'is the .NET runtime');
    if (hasSymbol('DotNetRuntimeInfo')) return found('.dynsym', 'DotNetRuntimeInfo');
    if (needed.includes('libhostfxr.so')) return found('DT_NEEDED', 'libhostfxr.so');
    if (name === 'dotnet') return found('file name', 'dotnet');
    return undefined;
  },
  versionBeside,
};

/** `tfm` of NAME.runtimeconfig.json beside an apphost: `net8.0` → `8.0`. */
function versionBeside(path: string, readText: ReadText): string | undefined {
  const shared = SHARED.exec(path)?.[1];
  if (shared !== undefined) return shared;
  const text = readText(`${path}.runtimeconfig.json`);
  const match = text === undefined ? null : /"tfm"\s*:\s*"net(\d{1,2}\.\d{1,2})"/.exec(text);
  return match?.[1];
}
