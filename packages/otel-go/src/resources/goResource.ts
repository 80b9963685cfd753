// SPDX-License-Identifier: Apache-2.0
// The resource of a Go process: core's, and what its build tells (semantic conventions, resource).
import { createHash } from 'node:crypto';
import {
  ProcError,
  type ProcessAttributes,
  type ProcFs,
  processResource,
  publishedAttributes,
  readStat,
} from '@otelkit/core';
import type { GoAnalysis } from '../analyze/index.ts';
import type { FoundProcess } from '../discover/finder.ts';
import { version } from '../version.ts';

export interface GoResourceSettings {
  /** Of the host; the same for all. */
  readonly host: ProcessAttributes;
  /** Outweighs what the process says: a flag. */
  readonly serviceName: string | undefined;
  /** Where the process itself says nothing: the tracer's own variables. */
  readonly fallback: ProcessAttributes;
}

const UNKNOWN = 'unknown_service:';

/** Attributes of one process. */
export function goResource(
  fs: ProcFs,
  process: FoundProcess,
  analysis: GoAnalysis | undefined,
  settings: GoResourceSettings,
): ProcessAttributes {
  const subject = { ...process, endNs: undefined };
  const options = { environmentVariables: [], host: settings.host };
  const seen = processResource(fs, subject, options);
  const published = publishedAttributes(fs, process.pid);
  const own = { ...seen, ...published };
  const isNamed = !String(own['service.name'] ?? UNKNOWN).startsWith(UNKNOWN);
  return {
    ...settings.fallback,
    ...own,
    ...(!isNamed && { 'service.name': fallbackName(own, settings) }),
    ...(settings.serviceName !== undefined && { 'service.name': settings.serviceName }),
    ...versionOf(own, analysis),
    'service.instance.id': own['service.instance.id'] ?? instanceId(fs, process.pid, settings.host),
    'process.runtime.name': 'go',
    ...(analysis !== undefined && { 'process.runtime.version': analysis.goVersion.text }),
    'telemetry.sdk.language': 'go',
    // The name `opentelemetry` is for that project's own SDKs (resource SDK specification).
    'telemetry.sdk.name': 'otel-go',
    'telemetry.sdk.version': version,
    'telemetry.distro.name': 'otel-go',
    'telemetry.distro.version': version,
  };
}

/** The tracer's own name for its targets, the pod's workload, or the file. */
function fallbackName(own: ProcessAttributes, { fallback }: GoResourceSettings): string {
  const given = fallback['service.name'];
  if (given !== undefined) return String(given);
  const pod = own['k8s.pod.name'];
  if (pod !== undefined) return workloadOf(String(pod));
  return String(own['process.executable.name'] ?? 'unknown_service:go');
}

/** `shop-7d9f8b6c5d-x2x7k` → `shop`, `shop-0` → `shop`: what Deployments and StatefulSets add. */
function workloadOf(pod: string): string {
  const suffix = /^(.+?)(?:-[bcdf-hj-np-tv-z2456789]{6,10})?-[bcdf-hj-np-tv-z2456789]{5}$/;
  return suffix.exec(pod)?.[1] ?? pod.replace(/-\d+$/, '');
}

function versionOf(
  own: ProcessAttributes,
  analysis: GoAnalysis | undefined,
): { 'service.version'?: string } {
  if (own['service.version'] !== undefined || analysis?.mainPackage === undefined) return {};
  const { mainPackage, modules } = analysis;
  let found: string | undefined;
  let longest = 0;
  for (const { path, version: text } of modules.values()) {
    const isOfMain = mainPackage === path || mainPackage.startsWith(`${path}/`);
    if (!isOfMain || path.length < longest) continue;
    longest = path.length;
    found = text;
  }
  const isRelease = found !== undefined && found !== '' && found !== '(devel)';
  return isRelease && found !== undefined ? { 'service.version': found } : {};
}

/** The same for the life of a process, whoever traces it: a name-based UUID (RFC 9562 §5.8). */
function instanceId(fs: ProcFs, pid: number, host: ProcessAttributes): string {
  let start = 0;
  try {
    start = readStat(fs, pid).startTimeTicks;
  } catch (error) {
    if (!(error instanceof ProcError)) throw error;
  }
  const hash = createHash('sha256');
  hash.update(`otel-go ${host['host.id'] ?? host['host.name']} ${pid} ${start}`);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
