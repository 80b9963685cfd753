// SPDX-License-Identifier: Apache-2.0
// Is it installed, whole, and free of interrupted changes; are the agents complete and readable?
import { statSync } from 'node:fs';
import { type AgentProblem, verifyAgent } from '../agents/verify.ts';
import type { ConfigPlaces } from '../config/places.ts';
import { loadSettings } from '../config/settings.ts';
import { validateConfig } from '../config/validate.ts';
import { isInjectorEntry, readPreloadFile } from '../explain/installed.ts';
import { hostLayout, hostPath, LD_SO_PRELOAD, LIB_TOKEN } from '../layout/paths.ts';
import type { Recovery } from '../plan/undo.ts';
import type { Installation } from '../status/installation.ts';
import type { DoctorCheck } from './check.ts';

/** About one installation. */
export async function installationChecks(it: Installation): Promise<DoctorCheck[]> {
  const checks = [installed(it)];
  if (it.interrupted !== null) checks.push(interrupted(it.interrupted));
  if (it.state === 'absent') return checks;
  checks.push(...files(it));
  if (it.scope === 'host') checks.push(...preloadEntriesChecks(it.root));
  return checks;
}

function installed({ state, modes, scope, problem, preloadEntry }: Installation): DoctorCheck {
  const base = { id: 'installation', title: scope === 'host' ? 'Installation' : 'Account' };
  if (state === 'installed') {
    return { ...base, verdict: 'ok', found: `installed by ${modes.join(', ') || 'no mode'}` };
  }
  if (state === 'entry-only') {
    return {
      ...base,
      verdict: 'warning',
      found: `${LD_SO_PRELOAD} names ${preloadEntry}, which this tool did not install`,
      costs: 'nothing checks or removes it',
      hint: 'sudo otel-inject install',
    };
  }
  if (state === 'damaged') {
    const found = `the receipt or journal cannot be read: ${problem}`;
    const costs = 'uninstall cannot give back what was there before';
    return { ...base, verdict: 'bad', found, costs, hint: 'sudo otel-inject install' };
  }
  return {
    ...base,
    verdict: 'warning',
    found: 'nothing is installed',
    costs: 'only programs started by otel-inject run carry an agent',
    hint: 'sudo otel-inject install --dry-run, then without --dry-run',
  };
}

function interrupted({
  command,
  startedAt,
}: NonNullable<Installation['interrupted']>): DoctorCheck {
  return {
    id: 'interrupted',
    title: 'Interrupted change',
    verdict: 'bad',
    found: `${command}, begun at ${startedAt}, did not come to its end`,
    costs: 'copies of replaced files lie beside them, and the change may be undone or unfinished',
    hint: 'sudo otel-inject doctor --mend',
  };
}

/** What mending an interrupted change did. */
export function mended({ command, startedAt, outcome, restored, kept }: Recovery): DoctorCheck {
  const base = { id: 'mended', title: 'Interrupted change' };
  const how = outcome === 'undone' ? `is undone: ${restored.length} restored` : 'is finished';
  const found = `${command}, begun at ${startedAt}, ${how}`;
  if (kept.length === 0) return { ...base, verdict: 'ok', found };
  const others = kept.map(({ path, why }) => `${path} (${why})`).join(', ');
  const hint = 'look at these files';
  return { ...base, verdict: 'warning', found, costs: `changed by others: ${others}`, hint };
}

function files({ files: all }: Installation): DoctorCheck[] {
  const bad = all.filter(({ state }) => state !== 'as-installed');
  if (all.length === 0) return [];
  const base = { id: 'files', title: 'Installed files' };
  if (bad.length === 0)
    return [{ ...base, verdict: 'ok', found: `all ${all.length} as installed` }];
  const isConfigOnly = bad.every(({ role, state }) => role === 'config' && state === 'changed');
  const found = bad.map(({ path, state }) => `${path}: ${state}`).join(', ');
  if (isConfigOnly)
    return [{ ...base, verdict: 'ok', found: `${found} (edited by hand, which is fine)` }];
  const costs = 'what is preloaded is not what was installed';
  return [{ ...base, verdict: 'bad', found, costs, hint: 'sudo otel-inject install' }];
}

/** Every entry of /etc/ld.so.preload must be there for everybody, or each program complains. */
function preloadEntriesChecks(root: string): DoctorCheck[] {
  const checks: DoctorCheck[] = [];
  const entries = readPreloadFile(root);
  for (const entry of entries) {
    if (entry.includes(LIB_TOKEN) || !entry.startsWith('/')) continue;
    const why = whyNotLoadable(hostPath(hostLayout(root), entry));
    if (why === undefined) continue;
    checks.push({
      id: 'preload-entry',
      title: 'Preload entry',
      verdict: 'bad',
      found: `${entry} in ${LD_SO_PRELOAD} ${why}`,
      costs: 'the loader prints an error in every program of the host',
      hint: isInjectorEntry(entry)
        ? 'sudo otel-inject install, or sudo otel-inject uninstall'
        : `take the line out of ${LD_SO_PRELOAD}`,
    });
  }
  return checks;
}

function whyNotLoadable(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'does not exist';
  if (!stats.isFile()) return 'is no file';
  return (stats.mode & 0o444) === 0o444 ? undefined : 'cannot be read by every user';
}

/** One check an agent that is there. */
export async function agentChecks(it: Installation, prefix: string): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  for (const { runtime, state } of it.agents) {
    if (state === 'absent') continue;
    const base = { id: `agent-${runtime}`, title: `Agent for ${runtime}` };
    try {
      const agent = await verifyAgent(prefix, runtime);
      if (agent.state === 'ok') {
        const found = `${agent.version ?? 'of another origin'}, ${agent.files} files, readable by all`;
        checks.push({ ...base, verdict: 'ok', found });
        continue;
      }
      const [first] = agent.problems;
      const more = agent.problems.length + agent.omittedProblems - 1;
      const found = `${first?.path}: ${first?.message}${more > 0 ? `, and ${more} more` : ''}`;
      const costs = whatItCosts(first?.code ?? 'CHANGED', runtime);
      const hint = `sudo otel-inject agents add ${runtime}`;
      checks.push({ ...base, verdict: 'bad', found, costs, hint });
    } catch (error) {
      checks.push({ ...base, verdict: 'unknown', found: (error as Error).message });
    }
  }
  if (checks.length > 0) return checks;
  return [
    {
      id: 'agents',
      title: 'Agents',
      verdict: 'warning',
      found: `there is none below ${it.scope === 'host' ? '/usr/lib/opentelemetry' : prefix}`,
      costs: 'the library finds nothing to inject',
      hint: 'sudo otel-inject agents add java node python',
    },
  ];
}

/** An agent with changed files still starts: what is lost is to know what programs load. */
function whatItCosts(code: AgentProblem['code'], runtime: string): string {
  if (code === 'MISSING' || code === 'UNREADABLE')
    return `the library leaves ${runtime} programs alone, or their agent fails`;
  if (code === 'WRITABLE' || code === 'OWNER')
    return `others than its owner decide what ${runtime} programs load`;
  return `what ${runtime} programs load is not what was installed: something else writes there`;
}

/** What `config validate` says, in short. */
export function configurationCheck(places: ConfigPlaces): DoctorCheck {
  const config = loadSettings(places, () => undefined);
  const findings = validateConfig(config, places);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const base = { id: 'configuration', title: 'Configuration' };
  const read = config.files.filter(({ state }) => state === 'read').map(({ path }) => path);
  if (errors.length === 0) {
    // Agents that are not there have a check of their own.
    const warning = findings.find(({ code }) => code !== 'agent-not-installed');
    const found = read.length === 0 ? 'there is no file; built-in values count' : read.join(', ');
    if (warning === undefined) return { ...base, verdict: 'ok', found };
    return {
      ...base,
      verdict: 'warning',
      found: `${found}; ${warning.message}`,
      hint: warning.hint ?? 'otel-inject config validate',
    };
  }
  const [{ path, line, key, message } = errors[0]!] = errors;
  const place = line === null ? path : `${path}:${line}`;
  const subject = key === '' ? '' : `${key}: `;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return {
    ...base,
    verdict: 'bad',
    found: `${place}: ${subject}${message}${more}`,
    costs:
      config.untrusted === undefined
        ? 'what it says is ignored, or its runtime gets no agent'
        : 'nothing is injected anywhere while that is so',
    hint: 'otel-inject config validate',
  };
}
