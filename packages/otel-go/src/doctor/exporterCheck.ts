// SPDX-License-Identifier: Apache-2.0
import { connect } from 'node:net';
import { chooseExporters, otlpSettings } from '../attach/exporters.ts';
import type { DoctorCheck } from './check.ts';

const CONNECT_MS = 3_000;

type Env = Readonly<Record<string, string | undefined>>;

export interface ExporterTarget {
  readonly endpoint: string | undefined;
  readonly protocol: string | undefined;
}

/** Whether anybody listens where spans would go. Nothing is sent. */
export async function exporterCheck(flags: ExporterTarget, env: Env): Promise<DoctorCheck> {
  const base = { id: 'exporter', title: 'Collector' };
  const { traces, remarks } = chooseExporters({ ...flags, exporter: undefined }, env);
  if (traces === 'none') {
    const costs = 'spans are made and thrown away';
    const hint = 'unset OTEL_TRACES_EXPORTER';
    return { ...base, verdict: 'bad', found: 'OTEL_TRACES_EXPORTER is none', costs, hint };
  }
  if (traces !== 'otlp') {
    const where = traces === 'console' ? 'the terminal' : 'the page of this host';
    return { ...base, verdict: 'ok', found: `no endpoint is set: traces go to ${where}` };
  }
  const said = [...remarks];
  let url: string;
  let address: { host: string; port: number };
  try {
    const named = { ...flags, exporter: undefined };
    const settings = otlpSettings(named, env, 'traces', (message) => said.push(message));
    const { host, port, protocol } = settings.target;
    address = { host, port };
    url = `${host}:${port} (${protocol})`;
  } catch (error) {
    const costs = 'no span can be sent';
    return { ...base, verdict: 'bad', found: (error as Error).message, costs };
  }
  const problem = await connectProblem(address.host, address.port);
  const remark = said.length === 0 ? '' : `; ${said.join('; ')}`;
  if (problem === undefined) return { ...base, verdict: 'ok', found: `${url} answers${remark}` };
  return {
    ...base,
    verdict: 'bad',
    found: `${url} does not answer: ${problem}${remark}`,
    costs: 'spans wait in the queue and are lost when it is full',
    hint: 'check --endpoint, OTEL_EXPORTER_OTLP_ENDPOINT and the way to it',
  };
}

/** Sampling that leaves nothing. */
export function samplerCheck(env: Env): DoctorCheck | undefined {
  const base = { id: 'sampler', title: 'Sampler' };
  const name = (env['OTEL_TRACES_SAMPLER'] ?? '').trim();
  const argument = (env['OTEL_TRACES_SAMPLER_ARG'] ?? '').trim();
  const hint = 'unset OTEL_TRACES_SAMPLER, or give attach --sampler always_on';
  if (/^true$/i.test((env['OTEL_SDK_DISABLED'] ?? '').trim())) {
    const found = 'OTEL_SDK_DISABLED is true';
    return { ...base, verdict: 'bad', found, costs: 'nothing is attached at all' };
  }
  if (/^(parentbased_)?always_off$/.test(name)) {
    const costs = 'only durations are counted; no trace begins here';
    return { ...base, verdict: 'bad', found: `OTEL_TRACES_SAMPLER is ${name}`, costs, hint };
  }
  if (!name.endsWith('traceidratio') || argument === '' || Number(argument) >= 1) return undefined;
  const costs = 'most requests have no trace; their durations are counted all the same';
  return { ...base, verdict: 'warning', found: `${name} ${argument}`, costs, hint };
}

function connectProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(CONNECT_MS, () => end(`no answer within ${CONNECT_MS / 1_000} s`));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error) => end(error.message));
  });
}
