// SPDX-License-Identifier: Apache-2.0
// On each platform, what programs hand on: /proc/self/environ is what the kernel was given, and a
// child has the environment that it would have had without the library.
import { assert, check, equal, skip } from './harness.mjs';
import { isFullMatrix } from './musl.mjs';

/** The others are slow where they are emulated. */
const QUICK = new Set(['c', 'sh', 'python', 'perl', 'php']);
/** What differs by how a program is started, and not by what it carries. */
const SETTING = /LD_PRELOAD|OTEL_INJECTOR_(CONFIG_|DISABLED|EXCLUDE)/;

/** Language → command that shows both, for the path of its program and of a child. */
const COMMANDS = {
  c: (path) => [path, 'all'],
  sh: (path, child) => [
    path,
    '-c',
    'while IFS= read -r line; do echo "$line"; done < /proc/self/environ; "$0" child; exit 7',
    child,
  ],
  nodejs: (path, child) => [
    path,
    '-e',
    `for (const l of require('fs').readFileSync('/proc/self/environ', 'latin1').split('\\0')) console.log('proc ' + l);
process.stdout.write(require('child_process').spawnSync('${child}', ['child']).stdout); process.exitCode = 7`,
  ],
  python: (path, child) => [
    path,
    '-c',
    `import os, sys
for l in open('/proc/self/environ').read().split('\\0'): print('proc', l)
sys.stdout.flush(); sys.exit(os.spawnv(os.P_WAIT, '${child}', ['${child}', 'child']))`,
  ],
  ruby: (path, child) => [
    path,
    '-e',
    `$stdout.sync = true; File.binread('/proc/self/environ').split("\\0").each { |l| puts 'proc ' + l }; system('${child}', 'child'); exit 7`,
  ],
  perl: (path, child) => [
    path,
    '-e',
    `$| = 1; open F, '/proc/self/environ'; $/ = "\\0"; while (<F>) { chomp; print "proc $_\\n" } system('${child}', 'child'); exit 7`,
  ],
  php: (path, child) => [
    path,
    '-n',
    '-r',
    `foreach (explode("\\0", file_get_contents('/proc/self/environ')) as $l) echo "proc $l\\n";
flush(); $p = proc_open(['${child}', 'child'], [], $none); while (proc_get_status($p)['running']) usleep(1000); exit(7);`,
  ],
  jvm: (path, child, options) => [path, ...options, child, 'child'],
};

export function familyTests(place, configurations) {
  const child = place.programs.find(({ name }) => name === 'C PIE').command?.[0];
  if (!child) return;
  const start = place.startFamily ?? place.start;
  const trial = start([child, 'child'], { env: {} });
  if (trial.status !== 7) {
    const title = `${place.name}, children`;
    return skip(title, `emulated programs start no others here: ${trial.stderr.trim()}`);
  }
  for (const { name, language, command, options } of place.programs) {
    if (!command || language === undefined) continue;
    if (place.qemu && !isFullMatrix && !QUICK.has(language)) continue;
    const line = COMMANDS[language](command[0], child, options);
    const plain = handedOn(start(line, { env: {} }));
    for (const [setting, env] of Object.entries(configurations)) {
      check(`${place.name}, ${name}, ${setting}: children and /proc as without`, () => {
        assert(/^environ KEEP=kept value$/m.test(plain.text), `no child: ${plain.stderr}`);
        const r = handedOn(start(line, { env, preload: place.library }));
        equal(r.text, plain.text, 'what is handed on');
        equal(r.status, plain.status, `status (${r.stderr.slice(0, 300)})`);
      });
    }
  }
}

/** Lines of the kernel's and of a child's environment. */
function handedOn({ status, stdout, stderr }) {
  const lines = stdout.replaceAll('\0', '\n').split('\n');
  const text = lines.filter((l) => /^(proc|environ|child) /.test(l) && !SETTING.test(l)).join('\n');
  return { status, text, stderr };
}
