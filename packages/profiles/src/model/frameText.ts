// SPDX-License-Identifier: Apache-2.0
import type { Profile } from './profile.ts';

/**
 * What a person reads for a frame: the function, else the file it is in, in brackets. Without
 * addresses: hundreds of them in one stripped library would be hundreds of different frames.
 */
export function frameText(profile: Profile, frame: number): string {
  const { frames, functions, strings, mappings } = profile;
  const fn = frames.function[frame]!;
  const name = fn < 0 ? '' : strings[functions.name[fn]!]!;
  if (name !== '') return name;
  const mapping = frames.mapping[frame]!;
  if (mapping < 0) return `[${strings[frames.kind[frame]!] || 'unknown'}]`;
  const file = baseName(mappings[mapping]!.fileName);
  return file.startsWith('[') ? file : `[${file}]`;
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
