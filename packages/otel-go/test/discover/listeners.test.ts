// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { ProcFs } from '@otelkit/core';
import { holdsSocket, listeningInodes } from '../../src/discover/listeners.ts';

describe('discover/listeners', () => {
  const fs = new ProcFs();
  let server: Server;
  let port = 0;

  before(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.close();
  });

  it('finds who listens on a port', () => {
    const inodes = listeningInodes(fs, process.pid, new Set([port]));
    assert.equal(inodes.size, 1);
    assert.equal(holdsSocket(fs, process.pid, inodes), true);
    assert.equal(holdsSocket(fs, process.ppid, inodes), false);
  });

  it('finds nobody for a process that is gone', () => {
    assert.equal(listeningInodes(fs, 4_194_303, new Set([port])).size, 0);
    assert.equal(holdsSocket(fs, 4_194_303, new Set(['1'])), false);
  });
});
