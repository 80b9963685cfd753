// SPDX-License-Identifier: Apache-2.0
// Requests of profiles as agents of 16 cores at 20 Hz send them: 50,000 different stacks of 200
// processes, whose frequency goes with their rank.
import { gzipSync } from 'node:zlib';
export const CORES = 16;
export const HZ = 20;
const STACKS = 50_000;
const FRAMES = 20_000;
const PROCESSES = 200;
/** A request of an agent: five seconds. Some are of more, since making them takes longest. */
const REQUEST_SECONDS = 5;
const LONG_SECONDS = 30;
/** What is made anew; later the same stacks come again at later times. */
const OWN_SECONDS = 900;
const LONG_FROM = 300;
/** The same numbers in each run. */
export function randoms(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Stacks of 10 to 50 frames that share their outer halves, as those of programs do. */
export function makeStacks(random) {
  const stacks = [];
  for (let i = 0; i < STACKS; i++) {
    const stem = stacks.length > 0 ? stacks[Math.floor(stacks.length * random())] : [];
    const shared = stem.slice(Math.floor(stem.length * random()));
    const own = Array.from({ length: 5 + Math.floor(20 * random()) }, () =>
      Math.floor(FRAMES * random() ** 2),
    );
    stacks.push(Int32Array.from([...own, ...shared].slice(0, 50)));
  }
  return stacks;
}

export function makeBatch({ ProfileBatch, profilerKinds }, stacks, startMs, host) {
  const mappings = Array.from({ length: 40 }, (_, i) => ({
    fileName: `/usr/lib/lib${i}.so`,
    buildIdGnu: String(i).padStart(40, '0'),
  }));
  return new ProfileBatch({
    source: {
      frame: (id) => ({
        kind: id % 7 === 0 ? 'kernel' : 'native',
        mapping: mappings[id % mappings.length],
        address: 0x1000 + 16 * id,
        functionName: `some::name_space::function_${id}(std::string const&)`,
        fileName: `src/file_${id % 500}.cc`,
        line: id % 1_000,
      }),
      stack: (id) => stacks[id],
      resource: (id) => ({
        'process.pid': id,
        'process.executable.name': `program${id % 30}`,
        'service.name': `service${id % 10}`,
        ...(host !== undefined && { 'host.name': host }),
      }),
      name: (id) => `thread-${id}`,
    },
    kinds: profilerKinds(HZ),
    scope: { name: 'bench', version: '1' },
    timeOriginNs: BigInt(startMs) * 1_000_000n,
    maxRequestBytes: 32 * 1_048_576,
  });
}

/** Samples of some seconds; how often a stack occurs goes with its rank, as Zipf's law has it. */
export function fill(batch, random, fromSecond, seconds, isFlat = false) {
  const pick = isFlat ? (x) => STACKS * x ** 2 : (x) => STACKS ** x - 1;
  const sample = { kind: 0, value: 1, labelsId: 0, linkId: 0 };
  for (let i = 0; i < seconds * CORES * HZ; i++) {
    const owner = 1 + Math.floor(PROCESSES * random() ** 2);
    sample.stackId = Math.floor(pick(random()));
    sample.resourceId = owner;
    sample.threadId = owner * 10 + Math.floor(4 * random());
    sample.nameId = 1 + (sample.threadId % 64);
    sample.cpu = i % CORES;
    sample.timeNs = (fromSecond + i / (CORES * HZ)) * 1e9;
    batch.add(sample);
  }
}

/**
 * Packed requests for so many seconds: a quarter of an hour of its own, then again and again with
 * later times, the seconds within in another order.
 */
export function* repeatedRequests(otlp, startMs, seconds, isFlat) {
  const random = randoms(1);
  const batch = makeBatch(otlp, makeStacks(random), startMs);
  const kept = [];
  for (let second = 0; second < Math.min(seconds, OWN_SECONDS); ) {
    const piece = second < LONG_FROM ? REQUEST_SECONDS : LONG_SECONDS;
    fill(batch, random, second, piece, isFlat);
    for (const { bytes, sampleCount } of batch.encode({ startNs: 0n, endNs: 0n })) {
      if (piece === LONG_SECONDS) kept.push({ bytes: Buffer.from(bytes), second, sampleCount });
      yield { body: gzipSync(bytes, { level: 1 }), size: bytes.length, sampleCount };
    }
    second += piece;
  }
  for (let second = OWN_SECONDS; second < seconds; second += LONG_SECONDS) {
    const { bytes, second: own, sampleCount } = kept[Math.floor(kept.length * random())];
    const later = Buffer.from(bytes);
    moveTimes(otlp.ProtoReader, later, BigInt(second - own) * 1_000_000_000n);
    yield { body: gzipSync(later, { level: 1 }), size: later.length, sampleCount };
  }
}

/** Packed requests of one agent that takes `hz` samples a second, one a report. */
export function* agentRequests(otlp, name, startMs, hz, seconds) {
  const random = randoms(name.length + name.charCodeAt(name.length - 1));
  const batch = makeBatch(otlp, makeStacks(random), startMs, name);
  for (let second = 0; second < seconds; second += REQUEST_SECONDS) {
    fill(batch, random, second, (REQUEST_SECONDS * hz) / (CORES * HZ));
    for (const { bytes, sampleCount } of batch.encode({ startNs: 0n, endNs: 0n })) {
      yield { body: gzipSync(bytes, { level: 1 }), sampleCount };
    }
  }
}

/** Adds to all times of a request: of profiles (field 3) and of their samples (field 5, packed). */
function moveTimes(ProtoReader, bytes, byNs) {
  const reader = new ProtoReader(bytes);
  const move = (at) => bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at) + byNs, at);
  const within = (field, use) => {
    while (reader.next()) {
      if (reader.field !== field || reader.wireType !== 2) {
        if (field === 2 && reader.field === 3 && reader.wireType === 1) move(reader.position);
        reader.skip();
        continue;
      }
      const outer = reader.enter();
      use();
      reader.leave(outer);
    }
  };
  const times = () => {
    for (let at = reader.position; at < reader.end; at += 8) move(at);
  };
  // ResourceProfiles (1), ScopeProfiles (2), Profile (2), Sample (2), timestamps (5).
  within(1, () => within(2, () => within(2, () => within(2, () => within(5, times)))));
}
