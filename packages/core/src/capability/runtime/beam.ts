// SPDX-License-Identifier: Apache-2.0
// The Erlang virtual machine (Erlang, Elixir). OTP_VERSION stands in releases/NN/ of its root.
import type { ReadText, RuntimeDetector } from './types.ts';

export const beam: RuntimeDetector = {
  id: 'beam',
  name: 'Erlang/OTP',
  ofFile: ({ name, hasSymbol }) => {
    if (/^beam(\.smp|\.debug)?(\.smp)?$/.test(name)) {
      return { id: 'beam', evidence: [{ from: 'file name', says: name }] };
    }
    if (!hasSymbol('enif_make_atom')) return undefined;
    return { id: 'beam', evidence: [{ from: '.dynsym', says: 'enif_make_atom' }] };
  },
  versionBeside,
};

/** `…/erts-14.2/bin/beam.smp` → `releases/start_erl.data` holds `14.2 26`. */
function versionBeside(path: string, readText: ReadText): string | undefined {
  const match = /^(.*)\/erts-[\d.]{1,32}\/bin\/[^/]+$/.exec(path);
  if (match === null) return undefined;
  const release = /^[\d.]{1,32} (\d{1,3})\s*$/.exec(
    readText(`${match[1]}/releases/start_erl.data`) ?? '',
  )?.[1];
  if (release === undefined) return undefined;
  const exact = readText(`${match[1]}/releases/${release}/OTP_VERSION`)?.trim();
  return exact !== undefined && /^[\d.]{1,32}$/.test(exact) ? exact : release;
}
