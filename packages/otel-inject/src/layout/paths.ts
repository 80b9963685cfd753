// SPDX-License-Identifier: Apache-2.0
// Where everything lives. Paths here are those that processes of the installation see: absolute,
// without the root that it was made below. `hostPath` adds that root.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** File name of the preload library; a path that ends in it below `libraryDirectory` is ours. */
export const LIBRARY_FILE = 'libotelinject.so';
/** The static program that takes our line out of /etc/ld.so.preload when nothing else starts. */
export const RESCUE_FILE = 'otel-inject-rescue';
/** ld.so(8): libraries for every program of the host, one or more a line. */
export const LD_SO_PRELOAD = '/etc/ld.so.preload';
/** Values of DST_LIB (`$LIB` of ld.so(8)) below `libraryDirectory` are folders of this form. */
export const LIB_TOKEN = '$LIB';

/** The agents, laid out as the OpenTelemetry packages do it. */
export interface AgentPaths {
  /** `/usr/lib/opentelemetry` */
  readonly prefix: string;
  /** The file for `-javaagent:`. */
  readonly jvm: string;
  /** The file for `--require`. */
  readonly nodejs: string;
  /** Directory with `glibc` and `musl` below it, as are the next two. */
  readonly python: string;
  readonly ruby: string;
  readonly dotnet: string;
}

export interface Layout {
  /** `/`, or an absolute directory without a slash at its end that everything stands below. */
  readonly root: string;
  /** `host` for the whole machine, `account` for one user below their home directory. */
  readonly scope: 'host' | 'account';
  /** Holds the library, `$LIB` forms of it in folders below, and the rescue program. */
  readonly libraryDirectory: string;
  readonly library: string;
  readonly rescue: string;
  readonly configDirectory: string;
  /** `injector.conf` */
  readonly configFile: string;
  /** `conf.d` */
  readonly dropInDirectory: string;
  /** Variables for all agents. */
  readonly defaultEnvFile: string;
  readonly agents: AgentPaths;
  readonly stateDirectory: string;
  /** What was installed, for `uninstall`, `status` and `doctor`: plan/receipt.ts. */
  readonly receipt: string;
  /** There while files are being changed, and after a crash until that was mended. */
  readonly journal: string;
  readonly lock: string;
}

/** The installation for a whole host, or below `root` for an image of one. */
export function hostLayout(root = '/'): Layout {
  return layoutOf(normalizedRoot(root), 'host', {
    lib: '/usr/lib/opentelemetry',
    config: '/etc/opentelemetry/injector',
    state: '/var/lib/otelkit/inject',
  });
}

/** The installation of one account that may not write to the host (XDG base directories). */
export function accountLayout(home: string = homedir(), root = '/'): Layout {
  return layoutOf(normalizedRoot(root), 'account', {
    lib: join(home, '.local/lib/opentelemetry'),
    config: join(home, '.config/opentelemetry/injector'),
    state: join(home, '.local/state/otelkit/inject'),
  });
}

/** The file to open for a path of the layout: `/root/etc/x` for `/etc/x`. Links are not followed. */
export function hostPath(layout: Pick<Layout, 'root'>, path: string): string {
  return layout.root === '/' ? path : `${layout.root}${path}`;
}

/** True for a preload entry of ours, in each form that `install` ever wrote or a package would. */
export function isOwnEntry(layout: Layout, entry: string): boolean {
  const { libraryDirectory } = layout;
  return entry.startsWith(`${libraryDirectory}/`) && entry.endsWith(`/${LIBRARY_FILE}`);
}

/** Agents below another prefix than the layout's. */
export function agentPaths(prefix: string): AgentPaths {
  return {
    prefix,
    jvm: `${prefix}/jvm/javaagent.jar`,
    nodejs:
      `${prefix}/nodejs/node_modules/@opentelemetry/auto-instrumentations-node` +
      '/build/src/register.js',
    python: `${prefix}/python`,
    ruby: `${prefix}/ruby`,
    dotnet: `${prefix}/dotnet`,
  };
}

/** `--root` as given on the command line: absolute, without a slash at its end, `/` for the host. */
export function normalizedRoot(root: string, cwd: string = process.cwd()): string {
  const absolute = isAbsolute(root) ? resolve(root) : resolve(cwd, root);
  return absolute === '/' ? '/' : absolute.replace(/\/+$/, '');
}

interface Places {
  readonly lib: string;
  readonly config: string;
  readonly state: string;
}

function layoutOf(root: string, scope: Layout['scope'], { lib, config, state }: Places): Layout {
  const libraryDirectory = `${lib}/injector`;
  return {
    root,
    scope,
    libraryDirectory,
    library: `${libraryDirectory}/${LIBRARY_FILE}`,
    rescue: `${libraryDirectory}/${RESCUE_FILE}`,
    configDirectory: config,
    configFile: `${config}/injector.conf`,
    dropInDirectory: `${config}/conf.d`,
    defaultEnvFile: `${config}/default_env.conf`,
    agents: agentPaths(lib),
    stateDirectory: state,
    receipt: `${state}/receipt.json`,
    journal: `${state}/journal.json`,
    lock: `${state}/lock`,
  };
}
