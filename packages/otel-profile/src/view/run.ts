// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import { problemText } from '@otelkit/profiles';
import { invokerOf } from '../child/invoker.ts';
import { hasDesktop, openBrowser } from '../collect/openBrowser.ts';
import { startCollector } from '../collect/startCollector.ts';
import { stopSignal } from '../collect/stopSignal.ts';
import { usage } from '../config/usage.ts';
import { readProfileFile } from '../files/readProfileFile.ts';
import type { ViewFlags } from './spec.ts';

const MOST_FILES = 2;
const NO_RETENTION = { ageMs: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

export async function run(invocation: Invocation<ViewFlags>): Promise<ExitCode> {
  const { args, flags, env, output } = invocation;
  if (args.length > MOST_FILES) throw usage('at most two files: one profile, or two compared');
  const files = args.map((path) => ({ path, ...readProfileFile(path) }));
  const names = namesOf(args);
  const ended = stopSignal();
  const collector = await startCollector({
    listen: flags.listen,
    token: flags.token,
    names: flags.name,
    folder: undefined,
    retention: NO_RETENTION,
    mode: 'files',
    title: names.join(' → '),
    anyPort: true,
    tell: (message) => output.note(message),
  });
  for (const [i, { path, profile, problems }] of files.entries()) {
    const { dropped } = collector.store.ingest(profile, names[i]!);
    collector.losses.add('full', dropped, 'N samples left out: there is no room for more');
    for (const problem of problems) {
      output.note(`${path}: ${problemText(problem)}`);
      collector.losses.add(`${path}: ${problem.field}`, problem.count, `N × ${problem.message}`);
    }
    if (profile.samples.count === 0) output.note(`${path}: no samples`);
  }
  await collector.store.flush();
  const url = new URL(collector.url);
  if (names.length === MOST_FILES) {
    url.searchParams.set('view', 'diff');
    url.searchParams.set('source', names[1]!);
    url.searchParams.set('base.source', names[0]!);
  }
  await output.say(() => `${url}\n`);
  if (flags.open ?? hasDesktop(env)) {
    openBrowser(String(url), invokerOf(env, process.geteuid?.() ?? -1), process.env);
  }
  await ended;
  await collector.close();
  return ExitCode.ok;
}

/** Short where that tells them apart. */
function namesOf(paths: readonly string[]): string[] {
  const short = paths.map((path) => (path === '-' ? 'standard input' : basename(path)));
  if (short[0] !== short[1]) return short;
  return paths[0] === paths[1] ? [`${paths[0]} (1)`, `${paths[1]} (2)`] : [...paths];
}
