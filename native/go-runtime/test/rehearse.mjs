// SPDX-License-Identifier: Apache-2.0
// A library woven without a woven standard library, which takes minutes: what `otel-go explain` would
// change is changed in a copy of the library's module, and go builds that plainly. Nothing of
// net/http, database/sql, os or the runtime is woven then.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explained, must } from './explained.mjs';

/** Applies what `explain` tells of the packages under `root` to its copy. */
function weaveCopy(packages, root, copy) {
  const files = packages.flatMap((one) => one.files);
  const input = files
    .filter(({ file }) => file.startsWith(`${root}/`))
    .map(({ diff }) => diff)
    .join('');
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(copy) };
  must('git', ['apply', `-p${root.split('/').length}`, '-'], { cwd: copy, env, input });
}

/**
 * Builds programs/NAME so, with the modules `libraries` woven, as `binary`.
 * @throws Error with what a command said
 */
export function rehearse(name, libraries, { programs, runtime, weaver, work, binary }) {
  const env = {
    ...process.env,
    CGO_ENABLED: '0',
    GOFLAGS: '',
    GOWORK: 'off',
  };
  const options = { cwd: programs, env };
  const packages = explained(weaver, `./${name}`, { ...options, runtime, work });
  let module = `${readFileSync(join(programs, 'go.mod'), 'utf8')}
require otelkit.dev/go v0.0.0
replace otelkit.dev/go => ${runtime}
`;
  for (const [i, library] of libraries.entries()) {
    const root = must('go', ['list', '-m', '-f', '{{.Dir}}', library], options).trim();
    const copy = join(work, `library${i}`);
    cpSync(root, copy, { recursive: true });
    must('chmod', ['-R', 'u+w', copy]);
    weaveCopy(packages, root, copy);
    module += `replace ${library} => ${copy}\n`;
  }
  const modFile = join(work, 'go.mod');
  writeFileSync(modFile, module);
  cpSync(join(programs, 'go.sum'), join(work, 'go.sum'));
  // os.Exit is not woven: the program ends by hand what woven programs end by themselves.
  const main = join(programs, name, 'main.go');
  mkdirSync(join(work, name));
  const ended = join(work, name, 'main.go');
  const text = readFileSync(main, 'utf8')
    .replace('import (', 'import (\n\t"otelkit.dev/go/boot"')
    .replace('os.Exit(0)', 'boot.Shutdown(); os.Exit(0)');
  writeFileSync(ended, text);
  const overlay = join(work, 'overlay.json');
  writeFileSync(overlay, JSON.stringify({ Replace: { [main]: ended } }));
  const args = [
    'build',
    `-modfile=${modFile}`,
    '-mod=readonly',
    `-overlay=${overlay}`,
    '-o',
    binary,
  ];
  must('go', [...args, `./${name}`], options);
}
