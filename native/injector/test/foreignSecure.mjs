// SPDX-License-Identifier: Apache-2.0
// Real set-user-ID runtimes under the preload list of another root: left alone before anything is
// read. musl has no such list, and ignores LD_PRELOAD itself then.
import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { EVERY } from './foreignPrograms.mjs';
import { check, equal, variables } from './harness.mjs';
import { copyToWork } from './places.mjs';
import { agentPaths, fullConfig, shows, withConfig } from './programs.mjs';

const NOBODY = 65534;
const PYTHON = '/usr/bin/python3';

/**
 * Where programs are emulated the emulator is what has the bit: the kernel tells it, and it tells
 * the program.
 */
export function secureTests(place) {
  if (place.libc !== 'glibc') return muslIgnores(place);
  const { qemu, root, library, name } = place;
  const copy = copyToWork(qemu || join(root, PYTHON), 'set-user-ID', qemu ? 'qemu' : 'python3');
  const start = (asNobody) =>
    place.start([qemu ? PYTHON : copy, '-c', shows.python], {
      env: withConfig(fullConfig(), { OTEL_INJECTOR_LOG_LEVEL: 'debug' }),
      list: library,
      asNobody,
      ...(qemu ? { qemuPath: copy } : {}),
    });
  const value = `${agentPaths.python}/glibc`;
  check(`${name}, the same Python without the set-user-ID bit: injected`, () => {
    chmodSync(copy, 0o755);
    const r = start(true);
    equal(variables(r.stdout).PYTHONPATH, value, `PYTHONPATH (${r.stderr.slice(0, 300)})`);
  });
  check(`${name}, a set-user-ID Python: left alone`, () => {
    chownSync(copy, NOBODY, NOBODY);
    chmodSync(copy, 0o4755);
    const r = start(false);
    equal(r.status, 0, `status (${r.stderr.slice(0, 300)})`);
    equal(variables(r.stdout).PYTHONPATH, undefined, 'PYTHONPATH');
    equal(r.stderr, '', 'stderr');
  });
}

/** LD_PRELOAD in the secure mode of musl: as if it were not there. */
function muslIgnores(place) {
  const { qemu, library, name } = place;
  const { command } = place.programs.find((program) => program.name === EVERY);
  if (!command) return;
  const copy = copyToWork(qemu || command[0], 'set-user-ID-musl', qemu ? 'qemu' : 'probe');
  const env = withConfig(fullConfig(), { OTEL_INJECTOR_LOG_LEVEL: 'debug' });
  const start = (preload) =>
    place.start([qemu ? command[0] : copy, 'noexec'], {
      env,
      preload,
      ...(qemu ? { qemuPath: copy } : {}),
    });
  check(`${name}, a set-user-ID program: as without`, () => {
    chownSync(copy, NOBODY, NOBODY);
    chmodSync(copy, 0o4755);
    const r = start(library);
    const shown = ({ stdout }) => stdout.split('\n').filter((line) => !/LD_PRELOAD/.test(line));
    equal(r.status, 7, `status (${r.stderr.slice(0, 300)})`);
    equal(r.stderr, '', 'stderr');
    equal(shown(r).join('\n'), shown(start(undefined)).join('\n'), 'stdout');
  });
}
