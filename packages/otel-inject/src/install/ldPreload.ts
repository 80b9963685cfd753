// SPDX-License-Identifier: Apache-2.0
// `--mode ld-preload`: one line in /etc/ld.so.preload, which every program of a glibc reads.
import { ToolError } from '@otelkit/cli-kit';
import { isOwnEntry, LD_SO_PRELOAD } from '../layout/paths.ts';
import { ABSENT } from '../plan/fileState.ts';
import type { PlanBuilder, ResolvedContents } from '../plan/planBuilder.ts';
import { appendEntry, preloadEntries, replaceEntries } from '../plan/preloadFile.ts';
import { resolveParent } from '../plan/resolve.ts';

/** Plans our line in the file; every other byte of it stays. */
export function planLdPreload(builder: PlanBuilder, entry: string): void {
  const { layout } = builder;
  builder.directory('/etc');
  const current = builder.resolve(LD_SO_PRELOAD);
  checkFile(builder, current);
  const bytes = current.bytes ?? Buffer.alloc(0);
  const isOurs = (name: string) => isOwnEntry(layout, name);
  const entries = preloadEntries(bytes);
  const own = entries.filter(({ name }) => isOurs(name));
  const isThere = own.length === 1 && own[0]!.name === entry;
  const common = {
    path: LD_SO_PRELOAD,
    role: 'activation',
    line: entry,
    why: 'every program started from now on loads the library',
    installMode: 'ld-preload',
    current,
  } as const;
  if (own.length === 0) {
    builder.edit({ ...common, kind: 'append-line', bytes: appendEntry(bytes, entry) });
  } else {
    const replaced = isThere ? bytes : replaceEntries(bytes, isOurs, entry);
    // Without a receipt: a file that holds nothing else was made for our line.
    builder.edit({ ...common, kind: 'replace', bytes: replaced, before: ABSENT });
  }
  for (const { name } of entries) noteForeign(builder, name, isOurs);
  if (hasMuslOnly(builder)) {
    builder.notes.push(
      `musl ignores ${LD_SO_PRELOAD}: here, use --mode systemd, user or container`,
    );
  }
}

function checkFile(builder: PlanBuilder, { state, target }: ResolvedContents): void {
  if (state.kind === 'file') return;
  const isDangling =
    state.kind === 'absent' && target !== resolveParent(builder.layout, LD_SO_PRELOAD);
  if (state.kind === 'absent' && !isDangling) return;
  throw new ToolError(
    isDangling ? 'a symbolic link to a file that does not exist' : 'not a regular file',
    {
      code: 'UNEXPECTED_FILE',
      exitCode: 4,
      path: LD_SO_PRELOAD,
      found: isDangling ? `a link to ${target}` : `a ${state.kind}`,
      expected: 'a regular file, a link to one, or nothing',
      hint: 'remove it, then run the command again',
    },
  );
}

function noteForeign(builder: PlanBuilder, name: string, isOurs: (name: string) => boolean): void {
  if (isOurs(name)) return;
  if (/(^|\/)libotelinject\.so$/.test(name)) {
    builder.notes.push(`${name} is preloaded as well: two injectors would do the same work twice`);
  }
}

/** No glibc loader below the root, but a musl one. */
function hasMuslOnly(builder: PlanBuilder): boolean {
  const machines = ['x86_64', 'aarch64'];
  const isThere = (path: string) => builder.resolve(path).state.kind !== 'absent';
  const glibc = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'];
  return (
    !glibc.some(isThere) && machines.some((machine) => isThere(`/lib/ld-musl-${machine}.so.1`))
  );
}
