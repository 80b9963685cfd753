// SPDX-License-Identifier: Apache-2.0
import { labelled, printable, type Style, type TextContext, table } from '@otelkit/cli-kit';
import type { GoModule } from '@otelkit/core';
import type { GoFunction, GoPclntabReport, GoProgram } from './service.ts';

/** Shown in lines of their own, in words; `--settings` lists all as they stand. */
const FLAG_SETTINGS = ['-trimpath', '-race', '-msan', '-asan', '-cover', '-tags', '-ldflags'];
const TARGET_VARIANTS = ['GOAMD64', 'GOARM', 'GOARM64', 'GO386', 'GOPPC64', 'GOMIPS', 'GORISCV64'];

export interface RenderOptions {
  readonly deps: boolean;
  readonly settings: boolean;
}

/** One program: a title, the facts, and the lists that were asked for. */
export function renderGo(
  program: GoProgram,
  options: RenderOptions,
  { style, width }: TextContext,
): string {
  const path = style.subject(printable(program.path));
  if (!program.isGo) return `${path}  ${style.faint('not made by Go')}\n`;
  const version = program.goVersion === null ? unknownVersion(program) : program.goVersion;
  const facts: [string, string | undefined][] = [
    ['module', program.main === null ? undefined : moduleText(program.main, style)],
    ['package', program.package === null ? undefined : printable(program.package)],
    ['revision', revision(program, style)],
    ['target', target(program)],
    ['flags', flags(program)],
    ['modules', options.deps ? undefined : moduleCount(program)],
    ['build ID', program.goBuildId === null ? undefined : printable(program.goBuildId)],
    ['functions', functionCount(program.pclntab)],
    ['text', textRange(program.pclntab, style)],
  ];
  const lists =
    (options.deps ? modules(program.deps, style, width) : '') +
    (options.settings ? settings(program, style) : '');
  const body = labelled(facts, { width, indent: '  ', paintLabel: style.label });
  return `${path}  ${style.value(printable(version))}\n${body}${lists}`;
}

/** One function a line: address, size, name. */
export function renderFunction({ vaddr, sizeBytes, name }: GoFunction, style: Style): string {
  const address = (vaddr ?? '?').padStart(10);
  const size = String(sizeBytes).padStart(7);
  return `  ${style.value(address)} ${style.faint(size)}  ${printable(name ?? '?')}\n`;
}

function unknownVersion({ pclntab }: GoProgram): string {
  const releases =
    pclntab === null ? '' : ` (its function table is that of Go ${pclntab.releases})`;
  return `Go of unknown version${releases}`;
}

function moduleText(module: GoModule, style: Style): string {
  const text = printable(`${module.path} ${module.version}`.trim());
  if (module.replace === undefined) return text;
  const { path, version } = module.replace;
  return `${text} ${style.warn(`=> ${printable(`${path} ${version}`.trim())}`)}`;
}

function revision({ settings }: GoProgram, style: Style): string | undefined {
  const id = settings['vcs.revision'];
  if (id === undefined) return undefined;
  const system = settings['vcs'] === undefined ? '' : `${printable(settings['vcs'])} `;
  const time = settings['vcs.time'] === undefined ? '' : ` of ${printable(settings['vcs.time'])}`;
  const isModified = settings['vcs.modified'] === 'true';
  const modified = isModified ? style.warn(', with uncommitted changes') : '';
  return `${system}${style.value(printable(id))}${time}${modified}`;
}

function target({ settings }: GoProgram): string | undefined {
  if (settings['GOOS'] === undefined && settings['GOARCH'] === undefined) return undefined;
  const machine = printable(`${settings['GOOS'] ?? '?'}/${settings['GOARCH'] ?? '?'}`);
  const variants = TARGET_VARIANTS.filter((key) => settings[key] !== undefined).map((key) =>
    printable(`${key}=${settings[key]}`),
  );
  const mode = settings['-buildmode'];
  const cgo = settings['CGO_ENABLED'];
  const parts = [[machine, ...variants].join(' ')];
  if (mode !== undefined) parts.push(`build mode ${printable(mode)}`);
  if (cgo !== undefined) parts.push(cgo === '1' ? 'cgo' : 'no cgo');
  if (settings['-compiler'] !== undefined && settings['-compiler'] !== 'gc') {
    parts.push(`compiler ${printable(settings['-compiler'])}`);
  }
  return parts.join(', ');
}

function flags({ settings }: GoProgram): string | undefined {
  const given = FLAG_SETTINGS.filter((key) => settings[key] !== undefined).map((key) => {
    const value = settings[key]!;
    return value === 'true'
      ? key
      : printable(`${key}=${/[\s"]/.test(value) ? `'${value}'` : value}`);
  });
  return given.length === 0 ? undefined : given.join(' ');
}

function moduleCount({ deps }: GoProgram): string | undefined {
  if (deps.length === 0) return undefined;
  const replaced = deps.filter((dep) => dep.replace !== undefined).length;
  const note = replaced === 0 ? '' : ` (${replaced} replaced)`;
  return `${deps.length}${note}, listed by --deps`;
}

function functionCount(pclntab: GoPclntabReport | null): string | undefined {
  if (pclntab === null) return undefined;
  const { functionCount: count, releases, evidence } = pclntab;
  const where = evidence === 'signature' ? 'found by its signature' : `in ${evidence}`;
  return `${count}, by the table of Go ${releases} ${where}`;
}

function textRange(pclntab: GoPclntabReport | null, style: Style): string | undefined {
  if (pclntab === null) return undefined;
  if (pclntab.text === null) return style.warn('start unknown: functions have no addresses');
  const { start, end, evidence } = pclntab.text;
  return `${start} to ${end}, by ${evidence}`;
}

function modules(deps: readonly GoModule[], style: Style, width: number): string {
  if (deps.length === 0) return `  ${style.heading('no dependencies')}\n`;
  const rows = deps.map((dep) => [
    printable(dep.path),
    printable(dep.version),
    dep.replace === undefined
      ? ''
      : {
          text: `=> ${printable(`${dep.replace.path} ${dep.replace.version}`)}`,
          paint: style.warn,
        },
  ]);
  const columns = [{}, {}, { shrink: 'end' as const }];
  return `  ${style.heading('dependencies')}\n${table(columns, rows, { width, indent: '    ' })}`;
}

function settings(program: GoProgram, style: Style): string {
  const entries = Object.entries(program.settings);
  if (entries.length === 0) return `  ${style.heading('no build settings')}\n`;
  const lines = entries.map(
    ([key, value]) => `    ${style.label(printable(key))}=${printable(value)}\n`,
  );
  return `  ${style.heading('build settings')}\n${lines.join('')}`;
}
