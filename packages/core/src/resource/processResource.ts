// SPDX-License-Identifier: Apache-2.0
// The OTLP resource of a process, by the semantic conventions for process, container, k8s, service.
import { basename } from 'node:path';
import {
  type ContainerIdentity,
  containerOf,
  parseCgroups,
  systemdUnitOf,
} from '../proc/container.ts';
import { ProcError, type ProcFs } from '../proc/procFs.ts';
import { readVariables } from './environment.ts';
import { podAttributes } from './podAttributes.ts';
import { parseResourceAttributes } from './resourceAttributes.ts';
import type { ProcessAttributes, ResourceSubject } from './types.ts';

export interface ResourceOptions {
  /** Further variables of programs that become `process.environment_variable.NAME`. */
  readonly environmentVariables: readonly string[];
  /** Of the host; the same for all. */
  readonly host: ProcessAttributes;
  /** Told of what a process says of itself and cannot be taken. */
  readonly onProblem?: (message: string) => void;
}

const SERVICE_NAME = 'OTEL_SERVICE_NAME';
const RESOURCE_ATTRIBUTES = 'OTEL_RESOURCE_ATTRIBUTES';

type Attributes = Record<string, string | number>;

/** Reads what there is to know of a process. It may be gone: then its records must do. */
export function processResource(
  fs: ProcFs,
  image: ResourceSubject,
  { environmentVariables, host }: ResourceOptions,
): ProcessAttributes {
  const attributes: Attributes = { 'process.pid': image.pid };
  const path = image.path !== '' ? image.path : executablePath(fs, image.pid);
  if (path !== '') {
    attributes['process.executable.name'] = basename(path);
    attributes['process.executable.path'] = path;
  } else if (image.comm !== '') {
    attributes['process.executable.name'] = image.comm;
  }
  const cgroups = parseCgroups(cgroupBytes(fs, image));
  const container = containerOf(cgroups);
  if (container !== undefined) addContainer(fs, image.pid, container, attributes);
  const names = new Set([SERVICE_NAME, RESOURCE_ATTRIBUTES, ...environmentVariables]);
  const variables = isPast(image) ? new Map<string, string>() : readVariables(fs, image.pid, names);
  addVariables(variables, attributes);
  attributes['service.name'] ??= serviceOfUnit(systemdUnitOf(cgroups)) ?? undefinedService(path);
  for (const name of environmentVariables) {
    const value = variables.get(name);
    if (value !== undefined) attributes[`process.environment_variable.${name}`] = value;
  }
  for (const key of Object.keys(attributes)) if (attributes[key] === '') delete attributes[key];
  return { ...attributes, ...host };
}

function isPast(image: ResourceSubject): boolean {
  return image.endNs !== undefined;
}

function executablePath(fs: ProcFs, pid: number): string {
  try {
    return fs.link(pid, 'exe').replace(/ \(deleted\)$/, '');
  } catch (error) {
    if (error instanceof ProcError) return '';
    throw error;
  }
}

function cgroupBytes(fs: ProcFs, image: ResourceSubject): Buffer {
  if (image.cgroup !== '') {
    const text = image.cgroup.startsWith('/') ? `0::${image.cgroup}\n` : image.cgroup;
    return Buffer.from(text);
  }
  try {
    return Buffer.from(fs.read(image.pid, 'cgroup').bytes);
  } catch (error) {
    if (error instanceof ProcError) return Buffer.alloc(0);
    throw error;
  }
}

function addContainer(
  fs: ProcFs,
  pid: number,
  container: ContainerIdentity,
  attributes: Attributes,
): void {
  attributes['container.id'] = container.id;
  if (container.runtime !== 'unknown' && container.runtime !== 'kubernetes') {
    attributes['container.runtime'] = container.runtime;
  }
  if (container.podUid === undefined) return;
  attributes['k8s.pod.uid'] = container.podUid;
  Object.assign(attributes, podAttributes(fs, pid));
}

function addVariables(variables: ReadonlyMap<string, string>, attributes: Attributes): void {
  const given = parseResourceAttributes(variables.get(RESOURCE_ATTRIBUTES) ?? '');
  for (const [key, value] of given ?? []) {
    // What was seen is not for the program to change.
    if (!/^(process|host)\./.test(key)) attributes[key] = value;
  }
  const name = variables.get(SERVICE_NAME);
  if (name !== undefined && name !== '') attributes['service.name'] = name;
}

/** `nginx.service` → `nginx`; user managers are no services. */
function serviceOfUnit(unit: string | undefined): string | undefined {
  return /^(?!user@|user-runtime-dir@)(.+)\.service$/.exec(unit ?? '')?.[1];
}

/** Nothing names it: as the resource SDK specifies for a program that sets no name. */
function undefinedService(path: string): string {
  return path === '' ? '' : `unknown_service:${basename(path)}`;
}
