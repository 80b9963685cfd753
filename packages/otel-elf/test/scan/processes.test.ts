// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { ScannedProcess } from '../../src/scan/processes.ts';
import { needs } from '../contract/samples.ts';
import { onTerminal, plain } from '../contract/terminals.ts';
import { endPrograms, otelElf, startProgram } from '../processes.ts';
import { assertMatchesSchema } from '../schemas.ts';

const WAIT = 'console.log("ready"); setTimeout(() => {}, 60000)';

describe('otel-elf scan --proc', () => {
  afterEach(endPrograms);

  it('has every process that lives before and after it', () => {
    const before = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const { stdout, exitCode } = otelElf('scan', '--proc', '--json');
    const after = new Set(readdirSync('/proc'));
    const { processes, processSummary, errors } = JSON.parse(stdout);
    assertMatchesSchema(JSON.parse(stdout), 'processes');
    assert.equal(exitCode, 0);
    assert.deepEqual(errors, []);
    const listed = new Set(processes.map(({ pid }: ScannedProcess) => String(pid)));
    const missing = before.filter((pid) => after.has(pid) && !listed.has(pid));
    const { kernelThreads, zombies, gone } = processSummary;
    assert.equal(processes.length, processSummary.processes);
    assert.ok(missing.length <= kernelThreads + zombies + gone, `${missing.length} are missing`);
  });

  it('gives files beside processes, both as their schemas say', () => {
    const { stdout } = otelElf('scan', '--proc', '--json', '/bin/sh');
    const document = JSON.parse(stdout);
    assert.equal(document.files[0].path, '/bin/sh');
    assertMatchesSchema(document, 'processes');
    const [first] = document.files;
    assert.throws(() =>
      assertMatchesSchema({ ...document, files: [{ ...first, kind: 3 }] }, 'processes'),
    );
  });

  it('says of a Node.js process what can be done', async () => {
    const pid = await startProgram(process.execPath, ['-e', WAIT]);
    const { stdout } = otelElf('scan', '--proc', '--ndjson');
    const rows = stdout.trimEnd().split('\n');
    const row = rows.map((line) => JSON.parse(line)).find((entry) => entry.pid === pid);
    assert.equal(row.runtime.version, process.versions.node);
    assert.equal(row.injectable.verdict, 'yes');
    assert.equal(row.profilable.verdict, 'yes');
    assert.equal(row.traceable.verdict, 'yes');
    assert.equal(row.environment, undefined);
  });

  it('reads each file once, however many processes run it', async () => {
    const one = JSON.parse(otelElf('scan', '--proc', '--json').stdout).processSummary.filesRead;
    for (let i = 0; i < 20; i++) await startProgram('/bin/sh', ['-c', 'echo ready; sleep 60']);
    const many = JSON.parse(otelElf('scan', '--proc', '--json').stdout).processSummary.filesRead;
    // Other programs start and end meanwhile; twenty shells are far fewer files than processes.
    assert.ok(many < one + 20, `${many} files read, ${one} before`);
  });

  it('shows a line a process and what is not listed', () => {
    const { stdout, exitCode, stderr } = otelElf('scan', '--proc');
    assert.equal(exitCode, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /^ *PID +USER +RUNTIME +PROGRAM +INJECT +PROFILE +TRACE/);
    assert.match(stdout, new RegExp(`^ *${process.pid} .*Node.js ${process.versions.node}`, 'm'));
    assert.match(stdout, /\d+ processes: \d+ can get an agent/);
  });

  it('shows like processes once on a narrow terminal, with the reasons below', async function () {
    needs(this, 'script', 'apt-get install bsdutils');
    for (let i = 0; i < 3; i++) await startProgram('/bin/sh', ['-c', 'echo ready; sleep 60']);
    const text = plain(onTerminal('scan --proc', 80, { FORCE_COLOR: '1' }));
    const lines = text.split(/\r?\n/);
    const shells = lines.filter((line) => /\+\d+ .* (?:…|\/).*sh +no +yes +no/.test(line));
    assert.ok(shells.length > 0, text);
    const note = /\[\d+\]$/.exec(shells[0]!)![0];
    assert.ok(
      lines.some((line) => line.startsWith(`  ${note}  a shell:`)),
      text,
    );
    assert.match(text, /^TRACE +its requests/m);
    assert.equal(lines.filter((line) => /\d+ processes:/.test(line)).length, 1);
    assert.deepEqual(
      lines.filter((line) => line.length > 80 && !line.includes('/')),
      [],
    );
  });
});
