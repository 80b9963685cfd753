// SPDX-License-Identifier: Apache-2.0
// What this host forbids or does not do: mounts without execution, security modules, musl.
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from 'node:fs';
import { join } from 'node:path';
import { BinaryCache, fileTarget, InputError } from '@otelkit/core';
import type { DoctorCheck } from './check.ts';

/** Bytes at the end of a log that are looked at. */
const LOG_TAIL_BYTES = 1_048_576;
const LOGS = ['var/log/audit/audit.log', 'var/log/kern.log', 'var/log/syslog', 'var/log/messages'];
const OURS = /libotelinject|\/opentelemetry\//;

export interface HostOptions {
  /** `/`, or the directory that everything stands below. */
  readonly root: string;
  /** Folder of the installed library, inside the root. */
  readonly libraryDirectory: string;
  /** Text of /proc/self/mounts. */
  readonly mounts: string;
  readonly uid: number;
}

export function hostChecks(options: HostOptions): DoctorCheck[] {
  const checks = [mountCheck(options), libcCheck(options), ...securityChecks(options)];
  if (options.uid !== 0) {
    checks.push({
      id: 'rights',
      title: 'Rights',
      verdict: 'warning',
      found: 'this is not run as root',
      costs: 'processes of other users and some logs were not looked at',
      hint: 'sudo otel-inject doctor',
    });
  }
  return checks;
}

/** mmap(2) refuses code from a mount with noexec. */
function mountCheck({ root, libraryDirectory, mounts }: HostOptions): DoctorCheck {
  const path = root === '/' ? libraryDirectory : `${root}${libraryDirectory}`;
  const base = { id: 'noexec', title: 'Mount' };
  const mount = mountOf(mounts, path);
  if (mount === undefined)
    return { ...base, verdict: 'unknown', found: 'no mount was found for it' };
  if (!mount.options.includes('noexec')) {
    return { ...base, verdict: 'ok', found: `${mount.point} lets programs be executed` };
  }
  return {
    ...base,
    verdict: 'bad',
    found: `${mount.point}, which holds ${path}, is mounted with noexec`,
    costs: 'the loader cannot map the library and prints an error in every program',
    hint: `mount -o remount,exec ${mount.point}`,
  };
}

/** The mount with the longest point above the path; the last one of several covers the others. */
function mountOf(
  mounts: string,
  path: string,
): { readonly point: string; readonly options: readonly string[] } | undefined {
  let best: { point: string; options: string[] } | undefined;
  for (const line of mounts.split('\n')) {
    const [, escaped = '', , options = ''] = line.split(' ');
    const point = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const isAbove = point === '/' || path === point || path.startsWith(`${point}/`);
    if (point === '' || !isAbove || (best !== undefined && point.length < best.point.length))
      continue;
    best = { point, options: options.split(',') };
  }
  return best;
}

/** musl's loader does not read /etc/ld.so.preload. */
function libcCheck({ root }: HostOptions): DoctorCheck {
  const base = { id: 'libc', title: 'C library' };
  const shell = join(root, 'bin/sh');
  try {
    const prefix = root === '/' ? '' : root;
    const { executable } = fileTarget(shell, new BinaryCache(), prefix);
    const flavor = executable.facts?.libc.flavor ?? 'unknown';
    if (flavor !== 'musl') return { ...base, verdict: 'ok', found: `programs use ${flavor}` };
    return {
      ...base,
      verdict: 'bad',
      found: 'programs use musl, which ignores /etc/ld.so.preload',
      costs: 'an installation by ld-preload reaches no program',
      hint: 'otel-inject install --mode session, or LD_PRELOAD in the services',
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...base, verdict: 'unknown', found: `${shell}: ${error.message}` };
  }
}

function securityChecks({ root }: HostOptions): DoctorCheck[] {
  const isAppArmor = firstLine('/sys/module/apparmor/parameters/enabled') === 'Y';
  const isSelinux = firstLine('/sys/fs/selinux/enforce') === '1';
  const denials = findDenials(root);
  const checks: DoctorCheck[] = [];
  if (denials.length > 0) {
    checks.push({
      id: 'denials',
      title: 'Denials',
      verdict: 'bad',
      found: `${denials.length} in the logs, the last: ${denials.at(-1)!.slice(0, 300)}`,
      costs: 'the programs named there run without the library or agent, and complain on stderr',
      hint: isSelinux
        ? 'restorecon -RF /usr/lib/opentelemetry, then audit2why < /var/log/audit/audit.log'
        : 'add "/usr/lib/opentelemetry/** mr," to /etc/apparmor.d/local/PROFILE, then apparmor_parser -r',
    });
  }
  if (isAppArmor) checks.push(appArmorCheck(denials.length));
  if (isSelinux) {
    checks.push({ id: 'selinux', title: 'SELinux', verdict: 'ok', found: 'it is enforcing' });
  }
  if (!isAppArmor && !isSelinux) {
    const found = 'neither AppArmor nor SELinux confines programs here';
    checks.push({ id: 'security-modules', title: 'Security modules', verdict: 'ok', found });
  }
  return checks;
}

function appArmorCheck(denials: number): DoctorCheck {
  const base = { id: 'apparmor', title: 'AppArmor' };
  let enforced = 0;
  try {
    const text = readFileSync('/sys/kernel/security/apparmor/profiles', 'utf8');
    enforced = text.match(/\(enforce\)/g)?.length ?? 0;
  } catch {
    return { ...base, verdict: 'unknown', found: 'it is on; its profiles cannot be read' };
  }
  const isAllowed = allowsOurs();
  if (enforced === 0 || denials > 0 || isAllowed) {
    return { ...base, verdict: 'ok', found: `${enforced} profiles are enforced` };
  }
  return {
    ...base,
    verdict: 'warning',
    found: `${enforced} profiles are enforced, and none of them names /usr/lib/opentelemetry`,
    costs: 'programs that they confine may be refused the library, with an error on stderr',
    hint: 'add "/usr/lib/opentelemetry/** mr," to /etc/apparmor.d/abstractions/base.d/otelkit',
  };
}

function allowsOurs(): boolean {
  try {
    return readdirSync('/etc/apparmor.d/abstractions/base.d').some((name) =>
      OURS.test(readFileSync(join('/etc/apparmor.d/abstractions/base.d', name), 'utf8')),
    );
  } catch {
    return false;
  }
}

/** Lines of audit and kernel logs in which our files were refused. */
function findDenials(root: string): string[] {
  const found: string[] = [];
  for (const log of LOGS) {
    for (const line of tailOf(join(root, log)).split('\n')) {
      const isDenial = line.includes('apparmor="DENIED"') || /avc:\s+denied/.test(line);
      if (isDenial && OURS.test(line)) found.push(line);
    }
  }
  return found;
}

function tailOf(path: string): string {
  if (!existsSync(path)) return '';
  try {
    const fd = openSync(path, 'r');
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, LOG_TAIL_BYTES));
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, size - bytes.length));
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}

function firstLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')[0];
  } catch {
    return undefined;
  }
}
