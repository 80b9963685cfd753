// SPDX-License-Identifier: Apache-2.0
// Why there are no traces of one process.
import type { BpfHelper, GoCatalog, GoSitesReply } from '@otelkit/bpf-client';
import { ElfFile, InputError, openVerified, ProcError, type ProcFs, readStat } from '@otelkit/core';
import { analyzeGo, attachParts, type GoAnalysis, isAnalysis, wantedOf } from '../analyze/index.ts';
import { inspectReport, type LibraryReport, RUNTIME_LIBRARY } from '../inspect/report.ts';
import type { DoctorCheck } from './check.ts';
import { probesInPlace } from './probesInPlace.ts';
import { otherTracers } from './tracers.ts';

const NOTHING = 'nothing of this process can be traced';

/** Everything that can be told of a process; the first `bad` ends the list. */
export async function processChecks(
  fs: ProcFs,
  pid: number,
  helper: BpfHelper | undefined,
): Promise<DoctorCheck[]> {
  const base = { id: 'process', title: 'Process' };
  const bad = (found: string, hint?: string): DoctorCheck[] => [
    { ...base, verdict: 'bad', found, costs: NOTHING, ...(hint !== undefined && { hint }) },
  ];
  let exe: string;
  try {
    const stat = readStat(fs, pid);
    if (stat.state === 'Z') return bad(`${pid} has ended (zombie)`);
    if (stat.isKernelThread) return bad(`${pid} is a thread of the kernel`);
    exe = fs.link(pid, 'exe');
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
    if (error.reason === 'gone') return bad(`there is no process ${pid}`);
    return bad(`${pid}: ${error.message}`, 'run as root');
  }
  const checks: DoctorCheck[] = [{ ...base, verdict: 'ok', found: `${pid} runs ${exe}` }];
  return [...checks, ...(await programChecks(fs, pid, exe, helper))];
}

async function programChecks(
  fs: ProcFs,
  pid: number,
  exe: string,
  helper: BpfHelper | undefined,
): Promise<DoctorCheck[]> {
  const base = { id: 'program', title: 'Program' };
  const catalog =
    helper === undefined
      ? { libraries: [] }
      : ((await helper.request('goCatalog')) as unknown as GoCatalog);
  const libraries = catalog.libraries.map((library) => ({
    ...library,
    functions: library.functions ?? [],
    fields: library.fields ?? [],
  }));
  const path = fs.path(pid, 'exe');
  let elf: ElfFile | undefined;
  try {
    elf = new ElfFile(openVerified(path, exe));
    const analysis = analyzeGo(elf, wantedOf(libraries), { crossCheck: true });
    if (!isAnalysis(analysis)) {
      return [{ ...base, verdict: 'bad', found: `${exe} ${analysis.reason}`, costs: NOTHING }];
    }
    const found = `${analysis.goVersion.text}, ${analysis.functionCount} functions`;
    const checks: DoctorCheck[] = [{ ...base, verdict: 'ok', found }, ...ownChecks(analysis)];
    if (helper === undefined) return checks;
    const { functions } = attachParts(analysis);
    const goVersion = analysis.goVersion.text;
    const request = { path, functions, goVersion };
    const reply = (await helper.request('goSites', request)) as unknown as GoSitesReply;
    const report = inspectReport(exe, analysis, libraries, reply);
    checks.push(...libraryChecks(report.libraries));
    checks.push(attachedCheck(fs, pid, elf, reply));
    return checks;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [{ ...base, verdict: 'bad', found: error.message, costs: NOTHING, hint: 'run as root' }];
  } finally {
    elf?.source.close();
  }
}

function ownChecks(analysis: GoAnalysis): DoctorCheck[] {
  return analysis.ownInstrumentation.map(({ kind, name, version, meaning }) => ({
    id: 'own-instrumentation',
    title: 'Brings its own',
    verdict: kind === 'api' || kind === 'auto-sdk' ? 'ok' : 'warning',
    found: `${name}${version === undefined ? '' : ` ${version}`}`,
    costs: meaning,
  }));
}

function libraryChecks(libraries: readonly LibraryReport[]): DoctorCheck[] {
  const linked = libraries.filter(
    ({ name, verdict, probes, because }) =>
      name !== RUNTIME_LIBRARY &&
      verdict !== 'not-linked' &&
      // What sends contexts on has a check of its own.
      (probes.length > 0 || because !== null),
  );
  const base = { id: 'library', title: 'Library' };
  if (linked.length === 0) {
    const found = 'no library in it that probes are known for';
    return [{ ...base, verdict: 'bad', found, costs: NOTHING }];
  }
  const canAny = linked.some(({ verdict }) => verdict === 'instrumented');
  return linked.map((library): DoctorCheck => {
    const { name, probes, because } = library;
    if (because !== null) {
      const found = `${name} is not instrumented, because ${because}`;
      const verdict = canAny ? 'warning' : 'bad';
      return { ...base, verdict, found, costs: 'its calls make no spans' };
    }
    const dear = probes.filter(({ isEmulated }) => !isEmulated).length;
    const costs =
      dear === 0
        ? {}
        : {
            costs: `${dear} of them at a RET, some 12 µs a hit; most are those of calls that fail`,
          };
    const found = `${name}: ${probes.length} ${probes.length === 1 ? 'probe fits' : 'probes fit'}`;
    return { ...base, verdict: 'ok', found, ...costs };
  });
}

/** Whether probes are in the process's memory by now, and whose. */
function attachedCheck(
  fs: ProcFs,
  pid: number,
  elf: ElfFile,
  { sites }: GoSitesReply,
): DoctorCheck {
  const base = { id: 'attached', title: 'Probes' };
  const places = probesInPlace(fs, pid, elf, sites);
  const { owner, others } = otherTracers(fs, pid);
  const whose = owner === undefined ? '' : ` of otel-go (process ${owner})`;
  const named = others.map(({ name, pid: other }) => `${name} (${other})`).join(', ');
  if (places === undefined) {
    const found = `its memory cannot be looked at${owner === undefined ? '' : `; traced${whose}`}`;
    return { ...base, verdict: 'unknown', found, hint: 'run as root' };
  }
  const count = `${places.patched} of ${places.looked} places`;
  if (owner !== undefined) {
    const found = `probes${whose} at ${count}`;
    if (places.patched > 0) return { ...base, verdict: 'ok', found, hint: 'send it a request' };
    const costs = 'they were taken out again, or the program was replaced';
    return { ...base, verdict: 'warning', found, costs, hint: 'otel-go attach --verbose says why' };
  }
  if (places.patched > 0) {
    const found = `somebody else's probes are at ${count}${named === '' ? '' : `: ${named}?`}`;
    const costs = 'two tracers make every span twice';
    return { ...base, verdict: 'warning', found, costs, hint: 'stop one of them' };
  }
  const found = `nothing is attached${named === '' ? '' : `; other tracers run: ${named}`}`;
  return { ...base, verdict: 'ok', found, hint: `sudo otel-go attach --pid ${pid}` };
}
