// SPDX-License-Identifier: Apache-2.0
import { displayWidth, printable, type TextContext, truncate } from '@otelkit/cli-kit';
import type {
  DependencyEdge,
  DependencyNode,
  DependencyTree,
  DlopenDependency,
  FoundBy,
  Rejected,
  SearchedPlace,
} from '@otelkit/core';

export interface TreeView {
  readonly depth: number | undefined;
  /** Repeat what was shown already. */
  readonly all: boolean;
}

/** With --all a tree can unfold to any size. */
const LINES_MAX = 100_000;
const PATH_CELLS_MIN = 16;
/** Without a terminal lines are as long as they need to be, within reason. */
const CELLS_MAX = 4_096;

/** The tree: one line a dependency, and for what is missing the places it was looked for. */
export function renderTree(tree: DependencyTree, view: TreeView, context: TextContext): string {
  const painter = new TreePainter(tree, view, context);
  painter.children(tree.nodes[0]!, '', 1);
  return `${headLine(tree, context)}${painter.text}${footLine(tree, context)}`;
}

/** Files in load order, the loader last; for scripts. */
export function renderPaths(tree: DependencyTree): string {
  const paths = tree.loadOrder.slice(1).map((id) => tree.nodes[id]!.path ?? '');
  const loader = tree.loader?.path;
  if (loader !== undefined && tree.loader?.exists === true) paths.push(loader);
  return paths.map((path) => `${printable(path)}\n`).join('');
}

function headLine(tree: DependencyTree, { style, width }: TextContext): string {
  const { loader } = tree;
  const about =
    loader === undefined
      ? 'no dynamic loader'
      : [
          loader.flavor === 'unknown' ? 'unknown loader' : loader.flavor,
          loader.version,
          loader.assumed === undefined ? undefined : `(${loader.assumed})`,
          loader.isSecure ? 'set-user-ID' : undefined,
        ]
          .filter((part) => part !== undefined)
          .join(' ');
  const path = truncate(printable(tree.path), Math.max(PATH_CELLS_MIN, width), 'end');
  const isFitting = displayWidth(path) + 2 + displayWidth(about) <= width;
  return `${style.subject(path)}${isFitting ? '  ' : '\n  '}${style.faint(about)}\n`;
}

function footLine(tree: DependencyTree, { style }: TextContext): string {
  if (tree.missing.length === 0) return '';
  const names = tree.missing.map((id) => tree.nodes[id]!.name);
  const shown = names
    .slice(0, 8)
    .map((name) => truncate(printable(name), 80))
    .join(', ');
  const more = names.length > 8 ? ` and ${names.length - 8} more` : '';
  return `${style.bad(`missing: ${shown}${more}`)}\n`;
}

class TreePainter {
  text = '';
  readonly #tree: DependencyTree;
  readonly #view: TreeView;
  readonly #context: TextContext;
  readonly #shown = new Set<number>([0]);
  readonly #path = new Set<number>([0]);
  #lines = 0;

  constructor(tree: DependencyTree, view: TreeView, context: TextContext) {
    this.#tree = tree;
    this.#view = view;
    this.#context = context;
  }

  children(node: DependencyNode, indent: string, depth: number): void {
    const edges = node.id === 0 ? [...this.#tree.preload, ...node.edges] : node.edges;
    const absent = this.#tree.dlopen.filter((d) => d.from === node.id && d.to === undefined);
    edges.forEach((edge, i) => {
      const isLast = i === edges.length - 1 && absent.length === 0;
      this.#edge(edge, node, indent, isLast, depth);
    });
    absent.forEach((entry, i) => {
      this.#absentDlopen(entry, indent, i === absent.length - 1);
    });
  }

  #edge(
    edge: DependencyEdge,
    from: DependencyNode,
    indent: string,
    isLast: boolean,
    depth: number,
  ): void {
    const node = this.#tree.nodes[edge.to]!;
    const { style } = this.#context;
    const lead = indent + branch(edge.kind, isLast);
    const wasShown = this.#shown.has(node.id);
    const isRepeat = wasShown && (!this.#view.all || this.#path.has(node.id));
    if (isRepeat) {
      const mark = edge.isCycle ? ' (cycle)' : '';
      this.#line(lead, style.faint(this.#cut(lead, nameText(edge) + mark)));
      return;
    }
    this.#shown.add(node.id);
    const below = indent + (isLast ? '   ' : '│  ');
    this.#line(lead, this.#describe(lead, edge, from, node));
    this.#details(node, below);
    if (this.#view.depth !== undefined && depth >= this.#view.depth) return;
    this.#path.add(node.id);
    this.children(node, below, depth + 1);
    this.#path.delete(node.id);
  }

  #describe(
    lead: string,
    edge: DependencyEdge,
    from: DependencyNode,
    node: DependencyNode,
  ): string {
    const { style } = this.#context;
    const name = nameText(edge);
    if (node.path === undefined || node.status !== 'found') {
      const says = edge.kind === 'auxiliary' ? 'not found (optional)' : STATUS_TEXT[node.status];
      const paint = edge.kind === 'auxiliary' ? style.warn : style.bad;
      return paint(this.#cut(lead, `${name}  ${says}`));
    }
    const why = `[${whyText(node.found, from)}]${this.#kindText(edge, from)}`;
    const place = this.#place(lead, name, printable(node.path), why);
    const isFitting = this.#room(lead) >= displayWidth(name + place) + 2 + displayWidth(why);
    if (!isFitting) {
      const room = this.#room(lead) - displayWidth(name) - 2;
      const short = room < 6 ? '' : `  ${style.faint(truncate(why, room))}`;
      return this.#cut(lead, name) + short;
    }
    return `${name}${place}  ${style.faint(why)}`;
  }

  /** ` → path`, the directory alone where that is all that fits, or nothing. */
  #place(lead: string, name: string, path: string, why: string): string {
    if (name === path) return '';
    const room = this.#room(lead) - displayWidth(name) - displayWidth(why) - 5;
    if (displayWidth(path) <= room) return ` → ${path}`;
    const directory = path.endsWith(`/${name}`) ? path.slice(0, -name.length) : path;
    if (room < PATH_CELLS_MIN) return '';
    return ` → ${truncate(directory, room, 'end')}`;
  }

  #kindText(edge: DependencyEdge, from: DependencyNode): string {
    if (edge.kind === 'needed' || edge.kind === 'interpreter') return '';
    if (edge.kind !== 'dlopen') return ` ${edge.kind}`;
    const entry = this.#tree.dlopen.find((d) => d.from === from.id && d.to === edge.to);
    return ` ${dlopenText(entry)}`;
  }

  #details(node: DependencyNode, below: string): void {
    const { style } = this.#context;
    for (const rejected of node.rejected) {
      this.#line(below, style.warn(this.#cut(below, rejectedText(rejected))));
    }
    for (const place of node.searched ?? []) {
      this.#line(below, style.faint(this.#cut(below, placeText(place))));
    }
  }

  #absentDlopen(entry: DlopenDependency, indent: string, isLast: boolean): void {
    const lead = indent + branch('dlopen', isLast);
    const text = `${entry.sonames.map(printable).join(' or ')}  not found  ${dlopenText(entry)}`;
    this.#line(lead, this.#context.style.warn(this.#cut(lead, text)));
  }

  #room(lead: string): number {
    return Math.min(this.#context.width, CELLS_MAX) - displayWidth(lead);
  }

  #cut(lead: string, text: string): string {
    return truncate(text, Math.max(8, this.#room(lead)));
  }

  #line(lead: string, rest: string): void {
    if (this.#lines > LINES_MAX) return;
    this.#lines++;
    const isOver = this.#lines > LINES_MAX;
    this.text += isOver ? '… more lines than can be of use\n' : `${lead}${rest}\n`;
  }
}

const STATUS_TEXT = {
  found: '',
  missing: 'not found',
  unusable: 'cannot be loaded',
  'not-searched': 'not searched: too many names',
} as const;

function nameText({ name }: DependencyEdge): string {
  return name === '' ? '(empty name)' : printable(name);
}

function branch(kind: DependencyEdge['kind'], isLast: boolean): string {
  if (kind === 'dlopen') return isLast ? '└┄ ' : '├┄ ';
  return isLast ? '└─ ' : '├─ ';
}

/** The rule by which it was found, as short as it can be said. */
export function whyText(found: FoundBy | undefined, from: DependencyNode): string {
  if (found === undefined) return '';
  const hwcap = found.hwcap === undefined ? '' : ` ${printable(found.hwcap)}`;
  const entry = found.entry === undefined ? '' : ` ${printable(found.entry)}`;
  switch (found.rule) {
    case 'rpath':
    case 'runpath': {
      const isOther = found.of !== undefined && found.of !== from.path;
      return `${found.rule}${entry}${isOther ? ` of ${printable(found.of ?? '')}` : ''}${hwcap}`;
    }
    case 'library-path':
      return `LD_LIBRARY_PATH${entry}${hwcap}`;
    case 'default-path':
      return `default directory${hwcap}`;
    case 'musl-path':
      return found.of === undefined ? 'default directory' : printable(found.of);
    case 'loader-itself':
      return 'the loader itself';
    case 'interpreter':
      return 'interpreter';
    default:
      return `${found.rule}${hwcap}`;
  }
}

/** The reason first: it is what must survive a narrow terminal. */
function rejectedText({ path, reason, isFatal }: Rejected): string {
  return `${isFatal ? 'fails' : 'skipped'}, ${printable(reason)}: ${printable(path)}`;
}

function placeText({ rule, of, entry, path, note }: SearchedPlace): string {
  const where = printable(path ?? entry ?? of ?? '');
  const name = rule === 'default-path' ? 'default directory' : rule;
  const says = [where.endsWith(name) ? '' : name, note === undefined ? '' : printable(note)];
  return `not in ${where}  ${says.filter((part) => part !== '').join(': ')}`.trimEnd();
}

function dlopenText(entry: DlopenDependency | undefined): string {
  if (entry === undefined) return 'dlopen';
  const feature = entry.feature === undefined ? '' : `: ${printable(entry.feature)}`;
  return `dlopen ${entry.priority}${feature}`;
}
