// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addAgent } from '../../src/agents/add.ts';
import { removeAgent } from '../../src/agents/remove.ts';
import { verifyAgent } from '../../src/agents/verify.ts';
import { readableFolder, write } from './folders.ts';

const JAVA = { runtime: 'java' } as const;

describe('agents add', () => {
  let folder: string;
  let prefix: string;
  let jar: string;
  const path = process.env['PATH'];

  beforeEach(() => {
    folder = readableFolder();
    prefix = join(folder, 'prefix');
    jar = write(join(folder, 'agent.jar'), 'a jar');
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes a jar, and everybody can read it whatever the umask is', async () => {
    const umask = process.umask(0o077);
    try {
      const added = await addAgent({ prefix, ...JAVA, from: jar });
      assert.deepEqual([added.change, added.origin], ['added', 'given']);
    } finally {
      process.umask(umask);
    }
    assert.equal(readFileSync(join(prefix, 'jvm/javaagent.jar'), 'utf8'), 'a jar');
    const { state, problems } = await verifyAgent(prefix, 'java');
    assert.deepEqual([state, problems], ['ok', []]);
    assert.equal(statSync(join(prefix, 'jvm/javaagent.jar')).mode & 0o777, 0o644);
    assert.equal(statSync(prefix).mode & 0o777, 0o755);
  });

  it('keeps the files of running processes when another version takes over', async () => {
    await addAgent({ prefix, ...JAVA, from: jar });
    const running = realpathSync(join(prefix, 'jvm/javaagent.jar'));
    writeFileSync(jar, 'another jar');
    const { change } = await addAgent({ prefix, ...JAVA, from: jar });
    assert.equal(change, 'replaced');
    assert.equal(readFileSync(running, 'utf8'), 'a jar');
    assert.equal(readFileSync(join(prefix, 'jvm/javaagent.jar'), 'utf8'), 'another jar');
    writeFileSync(jar, 'a third jar');
    await addAgent({ prefix, ...JAVA, from: jar });
    assert.equal(existsSync(running), false, 'two versions are kept');
  });

  it('takes an agent out of a prefix laid out as ours', async () => {
    const hook = 'ruby/glibc/opentelemetry-auto-instrumentation.rb';
    write(join(folder, 'given', hook), 'ruby');
    symlinkSync('glibc', join(folder, 'given/ruby/musl'));
    await addAgent({ prefix, runtime: 'ruby', from: join(folder, 'given') });
    assert.equal(readFileSync(join(prefix, hook.replace('glibc', 'musl')), 'utf8'), 'ruby');
    const second = join(folder, 'second');
    await addAgent({ prefix: second, runtime: 'ruby', from: prefix });
    assert.equal((await verifyAgent(second, 'ruby')).state, 'ok');
  });

  it('refuses what is no agent, leads out of it, or never ends', async () => {
    const given = join(folder, 'given');
    mkdirSync(given);
    const add = () => addAgent({ prefix, runtime: 'dotnet', from: given });
    await assert.rejects(add, { code: 'AGENT_INCOMPLETE' });
    const dotnet = join(given, 'dotnet/glibc');
    write(join(dotnet, 'net/OpenTelemetry.AutoInstrumentation.StartupHook.dll'), 'MZ');
    symlinkSync('/etc/passwd', join(dotnet, 'out'));
    await assert.rejects(add, { code: 'AGENT_SPECIAL_FILE' });
    rmSync(join(dotnet, 'out'));
    execFileSync('mkfifo', [join(dotnet, 'pipe')]);
    await assert.rejects(add, { code: 'AGENT_SPECIAL_FILE' });
    assert.equal(existsSync(join(prefix, 'dotnet')), false);
    assert.deepEqual(readdirSync(join(prefix, '.store')), []);
  });

  it('does not touch an agent that another program installed', async () => {
    write(join(prefix, 'jvm/javaagent.jar'), 'of a package');
    await assert.rejects(addAgent({ prefix, ...JAVA, from: jar }), { code: 'AGENT_FOREIGN' });
    await assert.rejects(removeAgent(prefix, 'java'), { code: 'AGENT_FOREIGN' });
    assert.equal(readFileSync(join(prefix, 'jvm/javaagent.jar'), 'utf8'), 'of a package');
  });

  it('says why Ruby and .NET cannot be fetched, and what to do', async () => {
    for (const runtime of ['ruby', 'dotnet'] as const) {
      await assert.rejects(addAgent({ prefix, runtime }), (error: Error & { details: object }) => {
        assert.match(JSON.stringify(error.details), /--from DIR/);
        return /cannot be fetched/.test(error.message);
      });
    }
    assert.equal(existsSync(prefix), false);
  });

  it('keeps what is there when the download fails or is not the pinned one', async () => {
    await addAgent({ prefix, ...JAVA, from: jar });
    const before = readlinkSync(join(prefix, 'jvm'));
    const bin = join(folder, 'bin');
    const script = (text: string) => {
      write(join(bin, 'mvn'), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, 'mvn'), 0o755);
    };
    process.env['PATH'] = `${bin}:${path}`;
    script('echo half > opentelemetry-javaagent-2.33.1.jar; echo no network >&2; exit 1');
    await assert.rejects(addAgent({ prefix, ...JAVA }), {
      code: 'CLIENT_FAILED',
      message: /no network/,
    });
    script('echo evil > opentelemetry-javaagent-2.33.1.jar');
    await assert.rejects(addAgent({ prefix, ...JAVA }), { code: 'AGENT_CHECKSUM' });
    process.env['PATH'] = bin;
    rmSync(join(bin, 'mvn'));
    await assert.rejects(addAgent({ prefix, ...JAVA }), { code: 'CLIENT_MISSING' });
    assert.equal(readlinkSync(join(prefix, 'jvm')), before);
    assert.equal(readdirSync(join(prefix, '.store')).length, 1, 'nothing half is left');
  });

  it('ends the client and leaves nothing when it is interrupted', async () => {
    const bin = join(folder, 'bin');
    const started = join(folder, 'started');
    write(join(bin, 'mvn'), `#!/bin/sh\n: > part; echo $$ > ${started}; sleep 600\n`);
    chmodSync(join(bin, 'mvn'), 0o755);
    process.env['PATH'] = `${bin}:${path}`;
    const abort = new AbortController();
    const adding = addAgent({ prefix, ...JAVA, signal: abort.signal });
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 10));
    abort.abort();
    await assert.rejects(adding, { code: 'INTERRUPTED' });
    assert.deepEqual(readdirSync(join(prefix, '.store')), []);
  });

  it('clears away what a killed run left, and not what a running one needs', async () => {
    const store = join(prefix, '.store');
    const gone = spawn('true');
    await new Promise((resolve) => gone.once('close', resolve));
    mkdirSync(join(store, `.staging-${gone.pid}-abc`), { recursive: true });
    mkdirSync(join(store, `.staging-${process.ppid}-abc`));
    await addAgent({ prefix, ...JAVA, from: jar });
    const left = readdirSync(store).filter((name) => name.startsWith('.'));
    assert.deepEqual(left, [`.staging-${process.ppid}-abc`]);
  });

  it('lets several at a time end with one whole agent', async () => {
    const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
    if (!existsSync(fileURLToPath(new URL('../../dist/agents.cjs', import.meta.url)))) return;
    const runs = [1, 2, 3, 4].map(() => {
      const args = [program, 'agents', 'add', 'java', '--from', jar, '--prefix', prefix];
      const child = spawn(process.execPath, args, {
        stdio: 'ignore',
        timeout: 60_000,
        killSignal: 'SIGKILL',
      });
      return new Promise((resolve) => child.once('close', resolve));
    });
    const codes = await Promise.all(runs);
    assert.ok(codes.includes(0), `${codes}`);
    assert.equal((await verifyAgent(prefix, 'java')).state, 'ok');
  });

  it('removes what it installed, all versions of it, and nothing else', async () => {
    await addAgent({ prefix, ...JAVA, from: jar });
    write(join(prefix, 'mine'), 'mine');
    assert.equal((await removeAgent(prefix, 'java')).wasThere, true);
    assert.equal((await removeAgent(prefix, 'java')).wasThere, false);
    assert.deepEqual(readdirSync(prefix), ['mine']);
    rmSync(join(prefix, 'mine'));
    await addAgent({ prefix, ...JAVA, from: jar });
    await removeAgent(prefix, 'java');
    assert.equal(existsSync(prefix), false);
  });
});
