// SPDX-License-Identifier: Apache-2.0
// A library woven without a woven standard library, which takes minutes: what `otel-go explain` would
// change is changed in a copy of the library's module, and go builds that plainly. Nothing of
// net/http, database/sql, os or the runtime is woven then.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const MAX_OUTPUT_BYTES = 64 << 20;

function must(command, args, options) {
  const ran = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    ...options,
  });
  if (ran.status !== 0) throw new Error(`${command} ${args[0]}: ${ran.error ?? ran.stderr}`);
  return ran.stdout;
}

/** A file after a unified diff, and what the diff adds as new files beside it. */
function applyDiff(text, diff) {
  const lines = text.split('\n');
  const own = [];
  const added = new Map();
  let into = own;
  let at = 0;
  let isNew = false;
  for (const line of diff.split('\n')) {
    const piece = /^@@ -(\d+)/.exec(line);
    if (piece && !isNew) {
      while (at < Number(piece[1]) - 1) own.push(lines[at++]);
    } else if (line.startsWith('--- ')) isNew = line === '--- /dev/null';
    else if (line.startsWith('+++ ')) {
      into = isNew ? [] : own;
      if (isNew) added.set(basename(line.slice(4)), into);
    } else if (line.startsWith('+')) into.push(line.slice(1));
    else if (line.startsWith('-')) at++;
    else if (line.startsWith(' ')) own.push(lines[at++]);
  }
  return { text: [...own, ...lines.slice(at)].join('\n'), added };
}

/** Writes what `explain` tells of the packages under `root` into its copy. */
function weaveCopy(packages, root, copy) {
  for (const { files } of packages) {
    for (const { file, diff } of files) {
      if (!file.startsWith(`${root}/`)) continue;
      const path = join(copy, relative(root, file));
      const { text, added } = applyDiff(readFileSync(file, 'utf8'), diff);
      writeFileSync(path, text);
      for (const [name, body] of added) writeFileSync(join(dirname(path), name), body.join('\n'));
    }
  }
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
    OTELKIT_GO_RUNTIME: runtime,
    OTELKIT_GO_CACHE: join(work, 'cache'),
  };
  const options = { cwd: programs, env };
  const explained = JSON.parse(must(weaver, ['explain', '--json', `./${name}`], options));
  let module = `${readFileSync(join(programs, 'go.mod'), 'utf8')}
require otelkit.dev/go v0.0.0
replace otelkit.dev/go => ${runtime}
`;
  for (const [i, library] of libraries.entries()) {
    const root = must('go', ['list', '-m', '-f', '{{.Dir}}', library], options).trim();
    const copy = join(work, `library${i}`);
    cpSync(root, copy, { recursive: true });
    must('chmod', ['-R', 'u+w', copy]);
    weaveCopy(explained.packages, root, copy);
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
