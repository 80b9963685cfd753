// SPDX-License-Identifier: Apache-2.0
// Any profile file: what it is is told by its first bytes, its name only where those do not decide.
import { gunzipSync } from 'node:zlib';
import { decodeProfilesRequest, ProtoError, ProtoReader } from '@otelkit/otlp';
import { ProfileFormatError, type ReadResult } from './diagnostics.ts';
import { readFolded } from './folded.ts';
import { READ_LIMITS } from './limits.ts';
import { readOtlpProfiles } from './otlp.ts';
import { looksLikePerfScript, readPerfScript } from './perfScript.ts';
import { looksLikePprof, readPprof } from './pprof.ts';
import { readSpeedscope } from './speedscope.ts';

export const READ_FORMATS = ['pprof', 'otlp', 'folded', 'speedscope', 'perf-script'] as const;
export type ReadFormat = (typeof READ_FORMATS)[number];

export interface ReadFile extends ReadResult {
  readonly format: ReadFormat;
}

/**
 * @param name of the file, for formats that look alike
 * @throws ProfileFormatError where nothing of it can be read
 */
export function readProfile(content: Uint8Array, name = '', format?: ReadFormat): ReadFile {
  const bytes = unpack(content);
  if (bytes.length === 0) throw new ProfileFormatError('the file is empty', 'file');
  const found = format ?? sniff(bytes, name.toLowerCase());
  return { format: found, ...readAs(bytes, found) };
}

function readAs(bytes: Uint8Array, format: ReadFormat): ReadResult {
  switch (format) {
    case 'pprof':
      return readPprof(bytes);
    case 'otlp':
      return readOtlpFile(bytes);
    case 'folded':
      return readFolded(bytes);
    case 'speedscope':
      return readSpeedscope(bytes);
    case 'perf-script':
      return readPerfScript(bytes);
  }
}

function readOtlpFile(bytes: Uint8Array): ReadResult {
  try {
    const limits = { bytes: READ_LIMITS.inputBytes, fields: READ_LIMITS.samples * 4 };
    return readOtlpProfiles(decodeProfilesRequest(bytes, limits));
  } catch (error) {
    if (!(error instanceof ProtoError)) throw error;
    throw new ProfileFormatError(`no OTLP profile: ${error.message}`, 'request');
  }
}

/** gzip's magic is no start of any of the formats. @throws ProfileFormatError */
function unpack(content: Uint8Array): Uint8Array {
  if (content[0] !== 0x1f || content[1] !== 0x8b) return content;
  try {
    return gunzipSync(content, { maxOutputLength: READ_LIMITS.inputBytes });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ProfileFormatError(`more than ${READ_LIMITS.inputBytes} bytes unpacked`, 'gzip');
    }
    return unpackCut(content, message);
  }
}

/** A file that was cut still has its beginning. */
function unpackCut(content: Uint8Array, message: string): Uint8Array {
  try {
    return gunzipSync(content, {
      maxOutputLength: READ_LIMITS.inputBytes,
      finishFlush: 2, // Z_SYNC_FLUSH: what is there so far
    });
  } catch {
    throw new ProfileFormatError(`cannot be unpacked: ${message}`, 'gzip');
  }
}

function sniff(bytes: Uint8Array, name: string): ReadFormat {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(65_536, bytes.length));
  const isText = !start.subarray(0, 4_096).some((byte) => byte < 9 || (byte > 13 && byte < 32));
  if (isText) return sniffText(start.toString('utf8'), name);
  if (/\.otlp(\.gz)?$/.test(name)) return 'otlp';
  if (/\.(pprof|pb)(\.gz)?$/.test(name)) return 'pprof';
  if (isOtlp(bytes)) return 'otlp';
  if (looksLikePprof(start)) return 'pprof';
  const known = 'pprof, OTLP, folded, speedscope, perf script';
  throw new ProfileFormatError(`this is no profile that is known (${known})`, 'file');
}

/** `perf.data` itself is not text: its magic tells. */
function sniffText(text: string, name: string): ReadFormat {
  if (text.startsWith('PERFILE2')) {
    throw new ProfileFormatError('this is perf.data: give the output of perf script', 'file');
  }
  if (/^\s*\{/.test(text)) return 'speedscope';
  if (/\.(folded|collapsed)$/.test(name)) return 'folded';
  return looksLikePerfScript(text) ? 'perf-script' : 'folded';
}

/**
 * Both are messages of messages. A request's fields are ResourceProfiles (1) and a dictionary (2),
 * and nothing above; pprof has strings in 6 whatever else it has.
 */
function isOtlp(bytes: Uint8Array): boolean {
  const reader = new ProtoReader(bytes);
  try {
    while (reader.next()) {
      if (reader.field > 2 || reader.wireType !== 2) return false;
      reader.skip();
    }
    return true;
  } catch {
    return false;
  }
}
