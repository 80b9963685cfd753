// SPDX-License-Identifier: Apache-2.0
// Programs to try the library on: what hosts depend on, asked for something harmless. None of them
// writes a file, opens a connection or waits for input.
import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { openElf } from '@otelkit/core';

export interface ProbeProgram {
  /** Absolute, links followed. */
  readonly path: string;
  /** As it was asked for: programs like busybox look at their name. */
  readonly name: string;
  readonly args: readonly string[];
  readonly kind: ProgramKind;
  readonly elfClass: 32 | 64;
  /** The loader that starts it: undefined for a static program. */
  readonly interpreter: string | undefined;
  /** Lines of its output that are expected to differ. */
  readonly ignoredLines?: RegExp;
  /** Set for a runtime: its agent is tried as well. */
  readonly runtime?: ProbedRuntime;
}

export type ProgramKind = 'dynamic' | 'static' | 'musl' | '32-bit' | 'set-uid';
export type ProbedRuntime = 'java' | 'node' | 'python' | 'ruby';

interface Candidate {
  readonly names: readonly string[];
  readonly args: readonly string[];
  readonly ignoredLines?: RegExp;
  readonly runtime?: ProbedRuntime;
}

const SEARCH_PATH = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/bin', '/sbin'];
const JVM_FOLDER = '/usr/lib/jvm';
const MAX_JVMS = 16;
const MAX_PT_INTERP_BYTES = 4096;

const SHELL_SCRIPT = 'x=$(echo inner); echo "$x $0"; (exit 3); echo $?; exit 7';

const CANDIDATES: readonly Candidate[] = [
  { names: ['true', 'false'], args: [] },
  { names: ['ls'], args: ['-d', '/', '/etc', '/usr'] },
  { names: ['env'], args: [], ignoredLines: /^LD_PRELOAD=.*$/ },
  { names: ['sh', 'bash', 'dash', 'ksh', 'mksh'], args: ['-c', SHELL_SCRIPT] },
  { names: ['zsh'], args: ['-f', '-c', SHELL_SCRIPT] },
  { names: ['fish'], args: ['--no-config', '-c', 'echo inner; exit 7'] },
  { names: ['busybox'], args: ['sh', '-c', SHELL_SCRIPT] },
  { names: ['ldconfig'], args: ['-V'] },
  { names: ['su', 'mount', 'umount'], args: ['--version'] },
  { names: ['passwd', 'chage', 'sudo', 'newuidmap', 'fusermount3'], args: ['--help'] },
  { names: ['ping', 'ssh'], args: ['-V'] },
  { names: ['systemctl', 'dpkg', 'apt-get', 'rpm', 'git', 'curl', 'tar'], args: ['--version'] },
  { names: ['openssl'], args: ['version'] },
  { names: ['redis-server', 'postgres', 'mysqld', 'mariadbd', 'memcached'], args: ['--version'] },
  { names: ['nginx', 'httpd', 'apache2'], args: ['-v'] },
  { names: ['java'], args: ['-XX:-UsePerfData', '-version'], runtime: 'java' },
  { names: ['javac'], args: ['-J-XX:-UsePerfData', '-version'] },
  {
    names: ['node', 'nodejs'],
    args: ['-e', 'console.log(process.version); process.exitCode = 7'],
    runtime: 'node',
  },
  {
    names: ['python3'],
    args: ['-B', '-c', 'import sys; print(sys.version); sys.exit(7)'],
    runtime: 'python',
  },
  { names: ['ruby'], args: ['-e', 'puts RUBY_VERSION; exit 7'], runtime: 'ruby' },
  { names: ['perl'], args: ['-e', 'print "$]\\n"; exit 7'] },
  { names: ['php'], args: ['-n', '-r', 'echo PHP_VERSION, "\\n"; exit(7);'] },
  { names: ['dotnet'], args: ['--list-runtimes'] },
];

/** Those of the known programs that this host has, each file once for each way to ask it. */
export function findPrograms(): ProbeProgram[] {
  const programs = new Map<string, ProbeProgram>();
  for (const candidate of CANDIDATES) {
    for (const name of candidate.names) {
      for (const place of placesOf(name)) {
        const program = describe(place, name, candidate);
        if (program === undefined) continue;
        programs.set(`${program.path} ${name} ${candidate.args.join(' ')}`, program);
      }
    }
  }
  return [...programs.values()];
}

/** The first in the search path, and for Java every version that is installed. */
function placesOf(name: string): string[] {
  const first = SEARCH_PATH.map((directory) => `${directory}/${name}`).find(isProgram);
  const places = first === undefined ? [] : [first];
  if (name !== 'java') return places;
  return [
    ...places,
    ...jvms()
      .map((jvm) => `${JVM_FOLDER}/${jvm}/bin/java`)
      .filter(isProgram),
  ];
}

function jvms(): string[] {
  try {
    const names = readdirSync(JVM_FOLDER).filter((name) => !name.startsWith('.'));
    return names
      .filter((name) => lstatSync(`${JVM_FOLDER}/${name}`).isDirectory())
      .slice(0, MAX_JVMS);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    const stats = statSync(path);
    return stats.isFile() && (stats.mode & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** Undefined for scripts: the interpreter of one is among the candidates itself. */
function describe(place: string, name: string, candidate: Candidate): ProbeProgram | undefined {
  const { args, ignoredLines, runtime } = candidate;
  try {
    const path = realpathSync(place);
    const elf = openElf(path);
    try {
      const elfClass = elf.header.class;
      const interp = elf.programHeaders.find(({ type }) => type === PT_INTERP);
      const interpreter =
        interp === undefined
          ? undefined
          : elf.source
              .read(interp.fileOffset, Math.min(interp.fileSizeBytes, MAX_PT_INTERP_BYTES))
              .toString('latin1')
              .replace(/\0.*$/s, '');
      const isSetUid = (statSync(path).mode & 0o6000) !== 0;
      const kind = kindOf(isSetUid, elfClass, interpreter);
      return {
        path,
        name,
        args,
        kind,
        elfClass,
        interpreter,
        ...(ignoredLines !== undefined && { ignoredLines }),
        ...(runtime !== undefined && { runtime }),
      };
    } finally {
      elf.source.close();
    }
  } catch {
    return undefined;
  }
}

const PT_INTERP = 3;

function kindOf(
  isSetUid: boolean,
  elfClass: 32 | 64,
  interpreter: string | undefined,
): ProgramKind {
  if (isSetUid) return 'set-uid';
  if (interpreter === undefined) return 'static';
  if (elfClass === 32) return '32-bit';
  return interpreter.includes('ld-musl') ? 'musl' : 'dynamic';
}
