// SPDX-License-Identifier: Apache-2.0
// What killed processes leave behind goes, and nothing else does.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseNamespaceLink } from '@otelkit/core';
import { makeOwnFolder } from '../../src/store/ownFolder.ts';
import { temporaryFolder } from '../support/running.ts';

/** Above the largest that Linux gives. */
const NOBODY = 4_194_305;

describe('the folder of a process', () => {
  it('replaces those of processes that have ended', () => {
    const { path: parent, remove } = temporaryFolder();
    try {
      const namespace = parseNamespaceLink(readlinkSync('/proc/self/ns/pid'), 'pid')!;
      const stays = [
        `otel-profile-${namespace}-${process.pid}-aaaaaa`,
        `otel-profile-${namespace + 1}-${NOBODY}-aaaaaa`,
        `otel-profile-config-${NOBODY}`,
      ];
      const left = `otel-profile-${namespace}-${NOBODY}-aaaaaa`;
      for (const name of [...stays, left]) {
        mkdirSync(join(parent, name));
        writeFileSync(join(parent, name, 'profiles.duckdb'), 'x');
      }
      const link = `otel-profile-${namespace}-${NOBODY}-bbbbbb`;
      symlinkSync(join(parent, stays[2]!), join(parent, link));
      const file = `otel-profile-${namespace}-${NOBODY}-cccccc`;
      writeFileSync(join(parent, file), '');
      const made = basename(makeOwnFolder(parent));
      assert.deepEqual(readdirSync(parent).sort(), [...stays, link, file, made].sort());
      assert.deepEqual(readdirSync(join(parent, stays[2]!)), ['profiles.duckdb']);
    } finally {
      remove();
    }
  });
});
