// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { decodeSpill } from '../../src/spill/spillFile.ts';
import { SpillFolder } from '../../src/spill/spillFolder.ts';
import { requestOf, TestExporter, targetAt } from '../support/exporting.ts';
import { Gate } from '../support/gate.ts';

const CHILD = fileURLToPath(new URL('../support/exportAndWait.ts', import.meta.url));
const LIMITS = { bytes: 1_000_000, requests: 1_000 };

describe('spill: requests on disk while the collector is away', () => {
  let base: string;
  let folder: string;
  let gate: Gate;
  let exporter: TestExporter | undefined;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), 'otelkit-otlp-spill-'));
    folder = join(base, 'a', 'queue');
    gate = await Gate.answering((socket) => void socket.destroy());
  });
  afterEach(async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await exporter?.close(0);
    await gate.close();
    rmSync(base, { recursive: true, force: true });
    exporter = undefined;
    child = undefined;
  });

  const files = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.otlp'));

  function start(more = {}): TestExporter {
    exporter = new TestExporter(targetAt(gate.port), { spillFolder: folder, ...more });
    return exporter;
  }

  /** Nothing is packed, so that all requests wait in memory before the first one fails. */
  function startAt(slow: Gate): TestExporter {
    const options = { spillFolder: folder, spillBytes: 1_500, compression: 'none' } as const;
    return new TestExporter(targetAt(slow.port), options);
  }

  /** Requests that a closed exporter left on disk. */
  async function leave(count: number): Promise<void> {
    start();
    for (let i = 1; i <= count; i++) exporter!.sendSamples(i, String(i));
    const { lostItems } = await exporter!.close(50);
    assert.equal(lostItems, 0);
    assert.equal(files().length, count);
  }

  function startChild(requests: number, what: string, own: string): ChildProcess {
    const argv = ['--import', 'tsx', CHILD, String(gate.port), own, String(requests), what];
    child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    return child;
  }

  it('keeps them private, in order, and as they would have been sent', async () => {
    await leave(3);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const [i, name] of files().sort().entries()) {
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
      const body = decodeSpill(readFileSync(join(folder, name)))!;
      assert.deepEqual(gunzipSync(body), requestOf(i + 1, String(i + 1)).bytes);
    }
  });

  it('says what is left, and finds it again after a restart', async () => {
    start();
    for (let i = 1; i <= 4; i++) exporter!.sendSamples(i);
    assert.deepEqual(await exporter!.close(50), { lostItems: 0, keptItems: 10 });
    const { spilledRequests, queuedItems } = start().statistics();
    assert.deepEqual([spilledRequests, queuedItems], [4, 10]);
  });

  it('survives SIGKILL of the agent', async () => {
    startChild(5, 'stay', folder);
    await once(child!.stdout!, 'data');
    const ended = once(child!, 'exit');
    child!.kill('SIGKILL');
    await ended;
    assert.equal(start().statistics().queuedItems, 15);
    assert.deepEqual(
      exporter!.events.filter((event) => event.code !== 'away'),
      [],
    );
  });

  it('ends the process after close, with the collector away', async () => {
    const [output] = await once(startChild(2, 'end', '-').stdout!, 'data');
    assert.deepEqual(JSON.parse(String(output)), { lostItems: 3, keptItems: 0 });
    if (child!.exitCode === null) await once(child!, 'exit');
    assert.equal(child!.exitCode, 0);
  });

  it('skips damaged files with a message and keeps the others', async () => {
    await leave(4);
    const [first, second, third] = files().sort();
    truncateSync(join(folder, first!), 40);
    const bytes = readFileSync(join(folder, second!));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(folder, second!), bytes);
    writeFileSync(join(folder, third!), 'not ours');
    writeFileSync(join(folder, '.0000000000000009.tmp'), 'half');
    start();
    await exporter!.until((e) => e.statistics().lost['spill file damaged'] !== undefined);
    assert.equal(exporter!.statistics().queuedItems, 4);
    const messages = exporter!.events.filter((event) => event.code === 'spill');
    assert.equal(messages.length, 3);
    assert.ok(messages.every((event) => event.message.includes(folder)));
    assert.equal(files().length, 1);
    assert.ok(!existsSync(join(folder, '.0000000000000009.tmp')));
  });

  it('drops the oldest when the disk’s share is full, and counts it', async () => {
    start({ spillBytes: 1_500 });
    for (let i = 1; i <= 30; i++) exporter!.sendSamples(i, String(i));
    await exporter!.until((e) => {
      const { lost, queuedItems, takenItems } = e.statistics();
      return (lost['queue full']?.items ?? 0) + queuedItems === takenItems && queuedItems < 465;
    });
    await exporter!.close(0);
    const used = files().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    assert.ok(used < 1_500 + files().length * 32, `${used} bytes`);
    assert.ok(files().includes('0000000000000030.otlp'));
  });

  it('drops the oldest of what waited in memory when that is more than the disk’s share', async () => {
    const held: Socket[] = [];
    const slow = await Gate.answering((socket) => void held.push(socket));
    try {
      exporter = startAt(slow);
      for (let i = 1; i <= 30; i++) exporter.sendSamples(i, String(i));
      await exporter.until(() => held.length > 0);
      assert.equal(files().length, 0);
      for (const socket of held) socket.destroy();
      await exporter.until((e) => e.statistics().lost['queue full'] !== undefined);
      const { lost, queuedItems, spilledBytes } = exporter.statistics();
      assert.equal(lost['queue full']!.items + queuedItems, 465);
      assert.ok(spilledBytes > 0 && spilledBytes <= 1_500, `${spilledBytes} bytes`);
    } finally {
      await exporter?.close(0);
      await slow.close();
    }
  });

  it('tells what has no room on disk when it ends', async () => {
    const slow = await Gate.answering(() => {});
    try {
      exporter = startAt(slow);
      for (let i = 1; i <= 30; i++) exporter.sendSamples(i, String(i));
      const { lostItems, keptItems } = await exporter.close(0);
      assert.ok(lostItems > 0 && keptItems > 0, `${lostItems} lost, ${keptItems} kept`);
      assert.equal(lostItems + keptItems, 465);
      const { lost } = exporter.statistics();
      assert.equal((lost['queue full']?.items ?? 0) + (lost['closed']?.items ?? 0), lostItems);
    } finally {
      await slow.close();
    }
  });

  it('refuses a folder that others can read, write or replace, and works without one', async () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const refused = (): boolean => {
      try {
        new SpillFolder(folder, LIMITS, () => {}).close();
        return false;
      } catch {
        return true;
      }
    };
    assert.equal(refused(), false);
    chmodSync(folder, 0o755);
    assert.equal(refused(), true);
    chmodSync(folder, 0o700);
    chmodSync(join(base, 'a'), 0o777);
    assert.equal(refused(), true);
    assert.equal(start().events[0]!.code, 'spill');
    exporter!.sendSamples(3);
    assert.equal((await exporter!.close(0)).lostItems, 3);
    chmodSync(join(base, 'a'), 0o700);
    rmSync(folder, { recursive: true });
    mkdirSync(join(base, 'other'), { mode: 0o700 });
    symlinkSync(join(base, 'other'), folder);
    assert.equal(refused(), true);
  });

  it('belongs to one process at a time; the lock of a dead one is taken over', async () => {
    const first = new SpillFolder(folder, LIMITS, () => {});
    assert.throws(() => new SpillFolder(folder, LIMITS, () => {}), /in use by process \d+/);
    first.close();
    new SpillFolder(folder, LIMITS, () => {}).close();
    for (const left of [`${process.pid} 1\n`, '4194304 7\n', '', '\0'.repeat(20)]) {
      writeFileSync(join(folder, 'lock'), left);
      new SpillFolder(folder, LIMITS, () => {}).close();
    }
  });

  it('goes on in memory when the disk refuses', async () => {
    start();
    // A folder under the name that the next file will have.
    mkdirSync(join(folder, '.0000000000000001.tmp'));
    exporter!.sendSamples(3);
    await exporter!.until((e) => e.statistics().failuresInARow > 0);
    assert.equal(exporter!.statistics().queuedItems, 3);
    assert.match(exporter!.events.map((event) => event.message).join('\n'), /cannot write: EEXIST/);
  });
});
