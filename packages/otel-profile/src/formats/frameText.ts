// SPDX-License-Identifier: Apache-2.0
import type { Profile } from './profile.ts';

/** What a person reads for a frame: the function, else where it is. */
export function frameText(profile: Profile, frame: number): string {
  const { frames, functions, strings, mappings } = profile;
  const fn = frames.function[frame]!;
  const name = fn < 0 ? '' : strings[functions.name[fn]!]!;
  if (name !== '') return name;
  const mapping = frames.mapping[frame]!;
  const address = `0x${frames.address[frame]!.toString(16)}`;
  if (mapping >= 0) return `${baseName(mappings[mapping]!.fileName)}+${address}`;
  const kind = strings[frames.kind[frame]!]!;
  return frames.address[frame] === 0n ? `[${kind || 'unknown'}]` : address;
}

/** The texts of all frames, each made when it is first asked for. */
export function frameTexts(profile: Profile): (frame: number) => string {
  const texts: (string | undefined)[] = new Array(profile.frames.count);
  return (frame) => {
    let text = texts[frame];
    if (text === undefined) {
      text = frameText(profile, frame);
      texts[frame] = text;
    }
    return text;
  };
}

/** `node (1234)`. */
export function processText(profile: Profile, process: number): string {
  const { name, pid } = profile.processes[process]!;
  return `${name || '[unknown]'} (${pid})`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}
