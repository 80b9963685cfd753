// SPDX-License-Identifier: Apache-2.0
// A guest for propagation: kernels that are not locked down let bpf_probe_write_user through.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { goEnvironment } from '../build.mjs';
import { makeInitramfs } from './kernels.mjs';

/** Whose kernels: one without and one with links for many uprobes. */
export const PROPAGATION_SUITES = ['bookworm', 'trixie'];

/** Each library both ways; what depends on no kernel is tested outside. */
const TESTS = [
  'TestHeadersInBuffers$/^(GET|a_long_header|HTTP2|HTTP2_and_a_body)$',
  'TestHeadersAtSendTime$/^(a_long_header|HTTP2)$',
  'TestHeadersInBuffersUnderTLS$',
  'TestTheApplicationsOwnHeaderStays$/^writeBuffer_HTTP2?$',
  'TestGRPCInBuffers$/^(unary|streams|a_header_of_8)',
  'TestGRPCAtSendTime$/^unary',
].join('|');
const TEST_LIMIT_S = 240;

/**
 * @param {string} helper folder of the Go module
 * @returns path of the initramfs; throws with what the compiler said
 */
export function makePropagationGuest(helper, folder) {
  const programs = join(folder, 'propagation');
  mkdirSync(programs);
  const sources = join(helper, 'internal/gopropagate/testdata');
  const build = (cwd, args, path) => {
    const env = goEnvironment({ GOFLAGS: '-mod=mod' });
    const r = spawnSync('go', [...args, '-o', path, '.'], { cwd, env, encoding: 'utf8' });
    if (r.status !== 0) throw new Error(`go ${args[0]}: ${r.error?.message ?? r.stderr}`);
    return path;
  };
  const files = [
    build(join(helper, 'internal/gopropagate'), ['test', '-c'], join(programs, 'propagate.test')),
    build(join(sources, 'client'), ['build'], join(programs, 'client')),
    build(join(sources, 'grpc'), ['build'], join(programs, 'grpc')),
  ];
  const script = `export PATH=/bin HOME=/tmp
export OTELKIT_PROPAGATE_PROGRAMS=/tests OTELKIT_PROPAGATE_REQUESTS=4
busybox ifconfig lo 127.0.0.1 up
./propagate.test -test.v -test.timeout=${TEST_LIMIT_S}s '-test.run=${TESTS}'
echo "guest-exit: $?"`;
  return makeInitramfs(programs, { programs: [], files, script });
}
