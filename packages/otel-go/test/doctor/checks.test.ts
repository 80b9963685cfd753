// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { ProcFs } from '@otelkit/core';
import { exporterCheck, samplerCheck } from '../../src/doctor/exporterCheck.ts';
import { featureChecks, propagationCheck } from '../../src/doctor/hostChecks.ts';
import { probesInPlace } from '../../src/doctor/probesInPlace.ts';
import { processChecks } from '../../src/doctor/processChecks.ts';
import { analyzed, needProgram, withElf } from '../analyze/programs.ts';
import { SMALL_WANTED } from '../analyze/wanted.ts';

const NONE = { endpoint: undefined, protocol: undefined };

describe('doctor: the collector', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function listening(): Promise<number> {
    server = createServer((socket) => socket.destroy());
    const listens = server;
    await new Promise<void>((resolve) => listens.listen(0, '127.0.0.1', resolve));
    return (listens.address() as { port: number }).port;
  }

  it('answers or does not', async () => {
    const port = await listening();
    const endpoint = `http://127.0.0.1:${port}`;
    assert.equal((await exporterCheck({ ...NONE, endpoint }, {})).verdict, 'ok');
    const closing = server!;
    await new Promise((resolve) => closing.close(resolve));
    const check = await exporterCheck(NONE, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    assert.equal(check.verdict, 'bad');
    assert.match(check.found, new RegExp(`127\\.0\\.0\\.1:${port} .*does not answer`));
  });

  it('is not needed, or is switched off', async () => {
    assert.match((await exporterCheck(NONE, {})).found, /the page of this host/);
    assert.equal((await exporterCheck(NONE, { OTEL_TRACES_EXPORTER: 'none' })).verdict, 'bad');
  });

  it('gets nothing from samplers that keep nothing', () => {
    assert.equal(samplerCheck({}), undefined);
    assert.equal(samplerCheck({ OTEL_TRACES_SAMPLER: 'always_off' })?.verdict, 'bad');
    assert.equal(samplerCheck({ OTEL_SDK_DISABLED: 'TRUE' })?.verdict, 'bad');
    const ratio = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' };
    assert.equal(samplerCheck(ratio)?.verdict, 'warning');
  });
});

describe('doctor: the host', () => {
  it('tells features from rights', () => {
    const [uprobes, ring] = featureChecks({
      uprobes: { available: false, detail: 'open: operation not permitted' },
      ringBuffer: { available: false, detail: 'not supported' },
    });
    assert.match(uprobes?.hint ?? '', /run as root/);
    assert.equal(uprobes?.verdict, 'bad');
    assert.match(ring?.hint ?? '', /Linux 5\.8/);
  });

  it('says what is lost where memory cannot be written', () => {
    const of = (mechanism: string, why: object = {}): ReturnType<typeof propagationCheck> =>
      propagationCheck({ propagation: { mechanism, why } });
    assert.equal(of('writeBuffer').verdict, 'ok');
    const sendTime = of('sendTime', { writeBuffer: 'lockdown refuses it' });
    assert.match(`${sendTime.found} ${sendTime.costs}`, /lockdown refuses it.*TLS/);
    assert.equal(of('none').verdict, 'warning');
    assert.equal(propagationCheck({}).verdict, 'unknown');
  });
});

describe('doctor: a process', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  it('is not there, or no Go program', async () => {
    const [gone] = await processChecks(new ProcFs(), 4_194_304, undefined);
    assert.equal(gone?.verdict, 'bad');
    assert.match(gone?.found ?? '', /no process/);
    const own = await processChecks(new ProcFs(), process.pid, undefined);
    assert.match(own.at(-1)?.found ?? '', /is not a Go program/);
  });

  it('has its code as in its file while nothing is attached', async function () {
    const path = needProgram(this, { kind: 'sleeper', args: ['-buildmode=pie'] });
    child = spawn(path, { stdio: ['pipe', 'pipe', 'ignore'] });
    await new Promise((resolve) => child!.stdout!.once('data', resolve));
    const { functions } = analyzed(path, SMALL_WANTED);
    const sites = [...functions.values()].map(({ name, vaddr, fileOffset }) => ({
      ...{ library: 'x', role: 'begin', function: name, kind: 'push', emulated: true },
      ...{ vaddr, fileOffset },
    }));
    const looked = withElf(path, (elf) => probesInPlace(new ProcFs(), child!.pid!, elf, sites));
    // Without the right to read its memory nothing is said.
    if (looked === undefined && process.geteuid?.() !== 0) return;
    assert.deepEqual(looked, { looked: sites.length, patched: 0 });
    const elsewhere = sites.map((site) => ({ ...site, fileOffset: site.fileOffset + 1 }));
    const moved = withElf(path, (elf) => probesInPlace(new ProcFs(), child!.pid!, elf, elsewhere));
    assert.ok((moved?.patched ?? 0) > 0);
  });
});
