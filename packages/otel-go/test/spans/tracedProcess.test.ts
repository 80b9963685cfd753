// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ProcFs } from '@otelkit/core';
import { TracedProcess } from '../../src/spans/tracedProcess.ts';
import { analyzed, needProgram } from '../analyze/programs.ts';

const ERRORS = { functions: [], structs: {}, interfaces: ['error'] };

describe('spans/tracedProcess', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  // Go's own linker puts the first byte of a position-independent program at 0x400000, not at 0.
  for (const args of [[], ['-buildmode=pie']]) {
    it(`names the type of an error by its address: go build ${args.join(' ')}`, async function () {
      const path = needProgram(this, { kind: 'sleeper', args });
      child = spawn(path, { stdio: ['pipe', 'ignore', 'pipe'] });
      // Go's println writes word by word.
      let text = '';
      child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      while (!text.includes('\n')) await once(child.stderr!, 'data');
      const itab = /0x[0-9a-f]+/.exec(text)?.[0];
      assert.ok(itab !== undefined, text);
      const traced = new TracedProcess(new ProcFs(), child.pid!, {}, analyzed(path, ERRORS));
      assert.equal(traced.errorType(BigInt(itab)), '*errors.errorString');
    });
  }
});
