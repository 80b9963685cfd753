// SPDX-License-Identifier: Apache-2.0
// opentelemetry.proto.profiles.v1development.ProfilesData: one message, not compressed. Collectors'
// export requests have the same fields, so either reader takes it.
import {
  type CodeMapping,
  ProfileBatch,
  type ProfileFrame,
  type ProfileSample,
  type ProfileSource,
  type ResourceAttributes,
} from '@otelkit/otlp';
import type { Profile, ProfileProcess } from '../model/profile.ts';

export interface OtlpOptions {
  /** Name and version of the tool. */
  readonly scope: { readonly name: string; readonly version: string };
}

/** The file's bytes; every sample keeps its time where the profile has times. */
export function writeOtlp(profile: Profile, options: OtlpOptions): Buffer {
  const batch = new ProfileBatch({
    source: sourceOf(profile),
    kinds: profile.kinds.map((kind) => ({ ...kind, hasValues: kind.unit !== 'count' })),
    scope: options.scope,
    timeOriginNs: profile.startNs,
    // Requests cannot be put together afterwards: each has a dictionary of its own.
    maxRequestBytes: Number.MAX_SAFE_INTEGER,
  });
  const { samples } = profile;
  const row: ProfileSample = {
    kind: 0,
    resourceId: 0,
    stackId: 0,
    timeNs: 0,
    value: 0,
    threadId: 0,
    nameId: 0,
    cpu: -1,
    labelsId: 0,
    linkId: 0,
  };
  for (let i = 0; i < samples.count; i++) {
    row.kind = samples.kind[i]!;
    row.resourceId = samples.process[i]!;
    row.stackId = samples.stack[i]!;
    row.timeNs = samples.timeNs?.[i] ?? 0;
    row.value = samples.value[i]!;
    row.threadId = samples.threadId[i]!;
    row.nameId = samples.threadName[i]!;
    row.cpu = samples.cpu[i]!;
    row.linkId = samples.link?.[i] ?? 0;
    if (!batch.add(row)) throw new RangeError(`${samples.count} samples are too many for one file`);
  }
  const endNs = profile.startNs + BigInt(Math.round(profile.durationNs));
  return batch.encode({ startNs: profile.startNs, endNs })[0]?.bytes ?? Buffer.alloc(0);
}

function sourceOf(profile: Profile): ProfileSource {
  const { strings, stacks, processes, links } = profile;
  const mappings: CodeMapping[] = profile.mappings.map((mapping) => ({ ...mapping }));
  return {
    frame: (id) => frameOf(profile, mappings, id),
    stack: (id) =>
      Int32Array.from(stacks.frames.subarray(stacks.offsets[id], stacks.offsets[id + 1])),
    resource: (id) => attributesOf(processes[id]!),
    name: (id) => strings[id]!,
    link: (id) => ({
      traceId: Buffer.from(links?.[id]?.traceId ?? '', 'hex'),
      spanId: Buffer.from(links?.[id]?.spanId ?? '', 'hex'),
    }),
  };
}

function frameOf(profile: Profile, mappings: readonly CodeMapping[], id: number): ProfileFrame {
  const { frames, functions, strings } = profile;
  const mapping = frames.mapping[id]!;
  const fn = frames.function[id]!;
  const place = {
    kind: strings[frames.kind[id]!]!,
    ...(mapping >= 0 && { mapping: mappings[mapping]! }),
    address: frames.address[id]!,
    inlined: frames.isInlined[id] === 1,
  };
  if (fn < 0) return place;
  return {
    ...place,
    functionName: strings[functions.name[fn]!]!,
    systemName: strings[functions.systemName[fn]!]!,
    fileName: strings[functions.fileName[fn]!]!,
    functionStartLine: functions.startLine[fn]!,
    line: frames.line[id]!,
    column: frames.column[id]!,
  };
}

function attributesOf(process: ProfileProcess): ResourceAttributes {
  const { pid, name, executable, containerId, serviceName } = process;
  return {
    'process.pid': pid,
    ...(name !== '' && { 'process.executable.name': name }),
    ...(executable !== '' && { 'process.executable.path': executable }),
    ...(containerId !== '' && { 'container.id': containerId }),
    ...(serviceName !== '' && { 'service.name': serviceName }),
  };
}
