// SPDX-License-Identifier: Apache-2.0
// The tool on a whole host that is none: overlays that vanish with a mount namespace of their own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, MAIN, type Outcome, temporaryFolder } from './roots.ts';

// Refuses to go on unless the overlays are really there: what follows writes to /etc.
const PRELUDE = `
set -e
T=$1; NODE=$2; MAIN=$3; BAD=$4
mount -t tmpfs tmpfs "$T"
for d in etc usr/lib var/lib; do
  mkdir -p "$T/$d.upper" "$T/$d.work"
  mount -t overlay overlay -o "lowerdir=/$d,upperdir=$T/$d.upper,workdir=$T/$d.work" "/$d"
  [ "$(stat -f -c %T "/$d")" = overlayfs ] || { echo "no overlay on /$d"; exit 99; }
done
oi() { "$NODE" "$MAIN" "$@"; }
list() { cat /etc/ld.so.preload 2>/dev/null || echo none; }
set +e
`;

/** Runs a shell script in which `oi` is the tool, `list` the preload list and `$T` a folder. */
export function inNamespace(script: string, bad = ''): Outcome {
  const folder = temporaryFolder();
  const file = join(temporaryFolder(), 'script.sh');
  writeFileSync(file, PRELUDE + script);
  const args = ['-m', '--propagation', 'private', 'sh', file, folder, process.execPath, MAIN, bad];
  return execute('unshare', args);
}
