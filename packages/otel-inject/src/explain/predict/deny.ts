// SPDX-License-Identifier: Apache-2.0
// Programs that nobody wants traced by default although a known runtime runs them
// (native/injector/src/deny.zig).
import { type ByteText, basename } from '../../config/byteText.ts';
import type { Command, Subject } from './subject.ts';
import type { InjectRuntime } from './verdicts.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const NODE = words(
  'npm npx npm-cli npx-cli yarn yarnpkg pnpm pnpx corepack node-gyp npm-prefix ' +
    'otel-elf otel-inject otel-profile otel-go',
);
const PYTHON = words(
  `pip pipx easy_install virtualenv venv ensurepip poetry conda dnf dnf-3 yum apt-listchanges
  unattended-upgrade unattended-upgrades unattended-upgrade-shutdown add-apt-repository
  apt-add-repository lsb_release command-not-found cloud-init cloud-id networkd-dispatcher
  firewalld firewall-cmd fail2ban-server fail2ban-client supervisord supervisorctl py3compile
  py3clean pycompile pyclean compileall py_compile do-release-upgrade ubuntu-advantage pro ua
  apport apport-cli update-manager tuned semanage pydoc`,
);
const RUBY = words('gem bundle bundler rdoc ri apt-listbugs');
const JAVA_FILES = ['plexus-classworlds', 'gradle-wrapper', 'sbt-launch'];
const JAVA_CLASSES = [
  'org.codehaus.plexus.classworlds.',
  'org.gradle.',
  'org.apache.tools.ant.',
  'xsbt.boot.',
  'scala.tools.nsc.',
  'org.jetbrains.kotlin.',
  'sun.tools.',
  'com.sun.tools.',
  'jdk.internal.',
  'jdk.tools.',
];

/** The entry that applies, or undefined. */
export function denyEntry(
  runtime: InjectRuntime,
  command: Command,
  { argv }: Subject,
): string | undefined {
  if (command.kind !== 'program' && command.kind !== 'module') return undefined;
  const program = basename(command.program);
  const stem = withoutSuffix(program);
  const startOf = (list: readonly string[], text: ByteText): string | undefined =>
    list.find((prefix) => text.startsWith(prefix));
  if (runtime === 'nodejs') return NODE.has(stem) ? stem : undefined;
  if (runtime === 'python') {
    if (PYTHON.has(stem)) return stem;
    if (/^pip[0-9.]*$/.test(stem)) return 'pip';
    return stem.startsWith('AnsiballZ_') ? 'AnsiballZ_' : undefined;
  }
  if (runtime === 'ruby') {
    // `bundle exec puma` becomes puma in the same process.
    return RUBY.has(stem) && argv[command.rest] !== 'exec' ? stem : undefined;
  }
  if (runtime !== 'jvm') return undefined;
  return command.kind === 'program'
    ? startOf(JAVA_FILES, program)
    : startOf(JAVA_CLASSES, command.program);
}

function withoutSuffix(name: ByteText): ByteText {
  const suffix = ['.js', '.cjs', '.mjs', '.py', '.rb'].find(
    (end) => name.endsWith(end) && name.length > end.length,
  );
  return suffix === undefined ? name : name.slice(0, -suffix.length);
}
