// SPDX-License-Identifier: Apache-2.0
// Programs that run on a runtime, or beside it, and that nobody wants an agent in. Recognised by
// base name, because `javac` and `java` are the same launcher.
import type { RuntimeFacts, RuntimeId } from './types.ts';

type Role = RuntimeFacts['role'];

const SHELLS = names('bash sh dash zsh ksh mksh fish ash busybox tcsh csh rbash yash elvish nu');
const PACKAGE_MANAGERS = names(
  'apt apt-get aptd dpkg dpkg-deb rpm dnf yum microdnf zypper pacman apk snap snapd flatpak ' +
    'packagekitd unattended-upgr unattended-upgrade pip pip3 npm npx yarn pnpm corepack gem bundle ' +
    'bundler composer cpan cpanm mvn gradle conda mamba uv pipx poetry nix nix-daemon',
);
const INIT = names(
  'init systemd systemd-journald systemd-udevd systemd-logind systemd-resolved systemd-networkd ' +
    'openrc openrc-init runit runsvdir s6-svscan s6-supervise tini dumb-init catatonit supervisord ' +
    'containerd-shim containerd-shim-runc-v2 conmon runc crun pause',
);
const JDK_TOOLS = names(
  'javac jshell jar jarsigner javadoc javap jcmd jconsole jdb jdeprscan jdeps jfr jhsdb jimage ' +
    'jinfo jlink jmap jmod jpackage jps jrunscript jstack jstat jstatd jwebserver keytool ' +
    'rmiregistry serialver jaotc rmid rmic unpack200 pack200 jjs',
);

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** What a program is, by the base name of its executable and the name of its main thread. */
export function roleOf(runtime: RuntimeId, names: readonly string[]): Role {
  for (const name of names) {
    if (SHELLS.has(name)) return 'shell';
    if (INIT.has(name)) return 'init';
    if (PACKAGE_MANAGERS.has(name)) return 'package-manager';
    if (runtime === 'jvm' && JDK_TOOLS.has(name)) return 'tool';
  }
  return 'application';
}
