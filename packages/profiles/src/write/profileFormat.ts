// SPDX-License-Identifier: Apache-2.0

import type { Profile } from '../model/profile.ts';
import { mainKind } from '../model/weights.ts';
import { renderTop, topTable } from '../table/topTable.ts';
import { writeFolded } from './folded.ts';
import { writeOtlp } from './otlpFile.ts';
import { writePprof } from './pprof.ts';
import { writeSpeedscope } from './speedscope.ts';

export const PROFILE_FORMATS = ['pprof', 'speedscope', 'folded', 'otlp', 'top'] as const;
export type ProfileFormat = (typeof PROFILE_FORMATS)[number];

const ENDINGS: readonly (readonly [string, ProfileFormat])[] = [
  ['.pb.gz', 'pprof'],
  ['.pprof', 'pprof'],
  ['.pprof.gz', 'pprof'],
  ['.speedscope.json', 'speedscope'],
  ['.speedscope', 'speedscope'],
  ['.folded', 'folded'],
  ['.collapsed', 'folded'],
  ['.otlp', 'otlp'],
  ['.txt', 'top'],
];

/** The format that a file's name asks for; undefined when it says nothing. */
export function formatOfPath(path: string): ProfileFormat | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return ENDINGS.find(([ending]) => name.endsWith(ending) && name.length > ending.length)?.[1];
}

/** Where a profile goes when nobody says where: `profile.pb.gz` and the like. */
export function usualFileName(format: ProfileFormat): string {
  return `profile${ENDINGS.find(([, one]) => one === format)![0]}`;
}

/** Endings of names by format, for messages and help. */
export function formatEndings(): string {
  return ENDINGS.map(([ending, format]) => `${ending} (${format})`).join(', ');
}

export interface FormatOptions {
  /** What is profiled; a title in viewers that show one. */
  readonly title: string;
  /** The tool. */
  readonly tool: { readonly name: string; readonly version: string };
  /** Kind for formats that hold one, and that others show first; the first with samples. */
  readonly kind?: number;
  /** Rows of `top`. */
  readonly rows?: number;
}

/** The content of a file, in pieces to be written one after the other. */
export function encodeProfile(
  profile: Profile,
  format: ProfileFormat,
  options: FormatOptions,
): Iterable<string | Uint8Array> {
  const kind = options.kind ?? mainKind(profile);
  const { tool } = options;
  switch (format) {
    case 'pprof':
      return [writePprof(profile, { kind })];
    case 'speedscope':
      return writeSpeedscope(profile, {
        name: options.title,
        exporter: `${tool.name} ${tool.version}`,
      });
    case 'folded':
      return writeFolded(profile, { kind });
    case 'otlp':
      return [writeOtlp(profile, { scope: tool })];
    case 'top': {
      const { rows } = options;
      return [renderTop(topTable(profile, { kind, ...(rows !== undefined && { rows }) }))];
    }
  }
}
