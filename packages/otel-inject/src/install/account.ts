// SPDX-License-Identifier: Apache-2.0
// `--mode user`: services of systemd's user managers and graphical sessions, by environment.d(5).
// `--mode session`: login shells, by a line in the account's profile. Both for the account that runs
// the command; as root, for every account of the host.
import { basename } from 'node:path';
import type { Layout } from '../layout/paths.ts';
import type { PlanBuilder } from '../plan/planBuilder.ts';
import { appendLine } from '../plan/textLines.ts';
import { hasMark } from './configFiles.ts';
import { MARK } from './mark.ts';

export interface Account {
  readonly home: string;
  /** The login shell, as passwd(5) names it. */
  readonly shell: string;
}

const FILE_MODE = 0o644;
const common = { role: 'activation', mode: FILE_MODE, isText: true, isOurs: hasMark } as const;

/** Plans the variables for user services and graphical sessions. */
export function planUser(builder: PlanBuilder, entry: string, account: Account): void {
  const { layout } = builder;
  const directory =
    layout.scope === 'host' ? '/etc/environment.d' : `${account.home}/.config/environment.d`;
  // environment.d(5) expands $NAME; `$$` stands for the sign itself.
  const escaped = (value: string): string => value.replaceAll('$', '$$$$');
  const lines = [
    MARK,
    `LD_PRELOAD=\${LD_PRELOAD:+\${LD_PRELOAD}:}${escaped(entry)}`,
    ...configVariables(layout).map(([name, value]) => `${name}=${escaped(value)}`),
  ];
  builder.file({
    ...common,
    path: `${directory}/90-otel-inject.conf`,
    bytes: Buffer.from(`${lines.join('\n')}\n`),
    why: 'user services and graphical sessions started from now on',
    installMode: 'user',
  });
  builder.notes.push(
    'takes effect with the next login; now: `systemctl --user daemon-reexec`, then restart services',
  );
}

/** Plans the variables for login shells. */
export function planSession(builder: PlanBuilder, entry: string, account: Account): void {
  const { layout } = builder;
  const isHost = layout.scope === 'host';
  const script = isHost ? '/etc/profile.d/otel-inject.sh' : `${layout.configDirectory}/session.sh`;
  builder.file({
    ...common,
    path: script,
    bytes: Buffer.from(sessionScript(layout, entry)),
    why: 'login shells started from now on, and what they start',
    installMode: 'session',
  });
  if (isHost) {
    builder.notes.push('/etc/profile.d is read by the login shells of sh, bash, ksh and dash');
    return;
  }
  const profile = profileOf(builder, account);
  if (profile === undefined) {
    builder.notes.push(`${basename(account.shell)} reads no sh script: source ${script} from bash`);
    return;
  }
  const line = `[ -r ${quoted(script)} ] && . ${quoted(script)} # otel-inject`;
  const current = builder.resolve(profile);
  const bytes = current.bytes ?? Buffer.alloc(0);
  const isThere = bytes
    .toString('latin1')
    .split('\n')
    .includes(Buffer.from(line).toString('latin1'));
  builder.edit({
    path: profile,
    role: 'activation',
    kind: 'append-line',
    bytes: isThere ? bytes : appendLine(bytes, line),
    line,
    why: 'reads the script above',
    installMode: 'session',
    current,
  });
}

/** The file that the login shell reads: bash(1) takes the first of three that exists. */
function profileOf(builder: PlanBuilder, { home, shell }: Account): string | undefined {
  const name = basename(shell);
  if (name === 'zsh') return `${home}/.zprofile`;
  if (name === 'fish' || name === 'csh' || name === 'tcsh') return undefined;
  const candidates = name === 'bash' ? ['.bash_profile', '.bash_login'] : [];
  const first = candidates
    .map((file) => `${home}/${file}`)
    .find((path) => builder.resolve(path).state.kind === 'file');
  return first ?? `${home}/.profile`;
}

// Nested login shells must not make the list longer each time.
function sessionScript(layout: Layout, entry: string): string {
  const variables = configVariables(layout).map(
    ([name, value]) => `export ${name}=${quoted(value)}`,
  );
  return [
    MARK,
    `case ":\${LD_PRELOAD:-}:" in`,
    `  *:${quoted(entry)}:*) ;;`,
    `  *) export LD_PRELOAD="\${LD_PRELOAD:+$LD_PRELOAD:}"${quoted(entry)} ;;`,
    'esac',
    ...variables,
    '',
  ].join('\n');
}

/** An account's own configuration is not where the library looks by itself. */
function configVariables({ scope, configFile, dropInDirectory }: Layout): [string, string][] {
  if (scope === 'host') return [];
  return [
    ['OTEL_INJECTOR_CONFIG_FILE', configFile],
    ['OTEL_INJECTOR_CONFIG_DIR', dropInDirectory],
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
