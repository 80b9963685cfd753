// SPDX-License-Identifier: Apache-2.0
// A guest for the tracer of Go programs.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { goEnvironment } from '../../go.mjs';
import { makeInitramfs } from './kernels.mjs';

/** Those whose kernels take it: 5.10 has neither attach cookies nor global functions with pointers. */
export const GOTRACE_SUITES = ['bookworm', 'trixie'];

const TESTS =
  'TestHTTP$|TestTheProgramsLoad$|TestOnlyListedProcessesAreTraced$|TestHeadersThatAreAskedFor$';
const TEST_LIMIT_S = 480;

/**
 * @param {string} helper folder of the Go module
 * @returns path of the initramfs; throws with what the compiler said
 */
export function makeGotraceGuest(helper, folder) {
  const programs = join(folder, 'gotrace');
  mkdirSync(programs);
  const build = (cwd, args, path) => {
    const env = goEnvironment({ GOFLAGS: '-mod=mod' });
    const r = spawnSync('go', [...args, '-o', path, '.'], { cwd, env, encoding: 'utf8' });
    if (r.status !== 0) throw new Error(`go ${args[0]}: ${r.error?.message ?? r.stderr}`);
    return path;
  };
  const source = join(helper, 'internal/gotrace');
  const files = [
    build(source, ['test', '-c'], join(programs, 'gotrace.test')),
    build(join(source, 'testdata/web'), ['build'], join(programs, 'web')),
  ];
  const script = `export PATH=/bin HOME=/tmp OTELKIT_GO_PROGRAMS=/tests
busybox ifconfig lo 127.0.0.1 up
./gotrace.test -test.v -test.timeout=${TEST_LIMIT_S}s '-test.run=${TESTS}'
echo "guest-exit: $?"`;
  return makeInitramfs(programs, { programs: [], files, script });
}
