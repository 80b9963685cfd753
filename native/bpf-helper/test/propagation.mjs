// SPDX-License-Identifier: Apache-2.0
// A guest for propagation: kernels that are not locked down let bpf_probe_write_user through.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { goEnvironment } from '../../go.mjs';
import { makeInitramfs } from './kernels.mjs';

const WHOLE = process.env.OTELKIT_FULL_MATRIX === '1';

/** Whose kernels: with links for many uprobes, and without. */
export const PROPAGATION_SUITES = WHOLE ? ['trixie', 'bookworm'] : ['trixie'];

/** Into buffers, which the machine outside may not allow; and the rest on other kernels. */
const TESTS = [
  'TestWhatIsExpectedComes$',
  'TestHeadersInBuffers$/^(GET|HTTP2)$',
  'TestHeadersInBuffersUnderTLS$',
  'TestGRPCInBuffers$/^unary$',
];
const MORE_TESTS = [
  'TestHeadersInBuffers$/^(a_long_header|HTTP2_and_a_body)$',
  'TestHeadersAtSendTime$/^(a_long_header|HTTP2)$',
  'TestTheApplicationsOwnHeaderStays$/^writeBuffer_HTTP2?$',
  'TestGRPCInBuffers$/^(unary|streams|a_header_of_8)',
  'TestGRPCAtSendTime$/^unary$',
  'TestStatesInBuffers$',
  'TestHeadersAreThoseOfTheSpans$',
];
const PATTERN = (WHOLE ? [...TESTS, ...MORE_TESTS] : TESTS).join('|');
const TEST_LIMIT_S = 480;

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
./propagate.test -test.v -test.timeout=${TEST_LIMIT_S}s '-test.run=${PATTERN}'
echo "guest-exit: $?"`;
  return makeInitramfs(programs, { programs: [], files, script });
}
