// SPDX-License-Identifier: Apache-2.0
// OTEL_RESOURCE_ATTRIBUTES: what OTEL_INJECTOR_* variables ask for, behind what is there; the
// first of a key wins (native/injector/src/resource.zig).
import { type ByteText, trim } from '../../config/byteText.ts';
import { INJECT_LIMITS } from '../../config/limits.ts';
import type { Environment } from './environment.ts';
import type { Planning } from './planning.ts';

const VARIABLE = 'OTEL_RESOURCE_ATTRIBUTES';
const LIST = 'OTEL_INJECTOR_RESOURCE_ATTRIBUTES';

/** Variables of one attribute each, in the library's order. */
export const ATTRIBUTE_VARIABLES: readonly (readonly [variable: string, attribute: string])[] = [
  ['OTEL_INJECTOR_K8S_NAMESPACE_NAME', 'k8s.namespace.name'],
  ['OTEL_INJECTOR_K8S_POD_NAME', 'k8s.pod.name'],
  ['OTEL_INJECTOR_K8S_POD_UID', 'k8s.pod.uid'],
  ['OTEL_INJECTOR_K8S_CONTAINER_NAME', 'k8s.container.name'],
  ['OTEL_INJECTOR_SERVICE_NAME', 'service.name'],
  ['OTEL_INJECTOR_SERVICE_VERSION', 'service.version'],
  ['OTEL_INJECTOR_SERVICE_NAMESPACE', 'service.namespace'],
];

/** Whether a variable of this name asks for attributes. */
export function isAttributeRequest(name: ByteText): boolean {
  return name === LIST || ATTRIBUTE_VARIABLES.some(([variable]) => variable === name);
}

/** Whether something other than the library names the service. */
export function hasServiceName(env: Environment): boolean {
  if (env.nonEmpty('OTEL_SERVICE_NAME') || env.nonEmpty('OTEL_INJECTOR_SERVICE_NAME')) return true;
  return [VARIABLE, LIST].some((name) => hasKey(env.get(name) ?? '', 'service.name'));
}

/** Adds what is asked for and, last, the derived name of the service. */
export function addAttributes(plan: Planning, serviceName: ByteText | undefined): boolean {
  const { env } = plan;
  const old = env.get(VARIABLE) ?? '';
  const pairs: ByteText[] = [];
  const sources = new Set<string>();
  const add = (key: ByteText, pair: ByteText, source: string): void => {
    if (hasKey(old, key) || pairs.some((there) => hasKey(there, key))) return;
    pairs.push(pair);
    sources.add(source);
  };
  for (const pair of listedPairs(env.get(LIST) ?? '')) add(keyOf(pair)!, pair, LIST);
  for (const [variable, attribute] of ATTRIBUTE_VARIABLES) {
    const value = env.get(variable);
    if (value) add(attribute, `${attribute}=${encodeValue(value)}`, variable);
  }
  const derived = 'service.name as derived from the unit or command';
  if (serviceName !== undefined) {
    add('service.name', `service.name=${encodeValue(serviceName)}`, derived);
  }
  if (pairs.length === 0) return true;
  const reason = `resource attributes: ${[...sources].join(', ')}`;
  return plan.append(VARIABLE, pairs.join(','), ',', reason);
}

/** Items of the list that are pairs, without blanks around them. */
function listedPairs(list: ByteText): ByteText[] {
  const pairs: ByteText[] = [];
  let count = 0;
  for (const item of list.split(',')) {
    const pair = trim(item);
    if (keyOf(pair) === undefined) {
      count++;
      continue;
    }
    if (count === INJECT_LIMITS.resourceAttributes) return pairs;
    pairs.push(pair);
    count++;
  }
  return pairs;
}

/** A baggage-octet of W3C Baggage (section 3.3.1.1) that is neither '%' nor '=' stays. */
function encodeValue(value: ByteText): ByteText {
  return value.replace(/[^!#-$&-+\--:<>-[\]-~]/g, (c) => {
    return `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

function keyOf(pair: ByteText): ByteText | undefined {
  const equals = pair.indexOf('=');
  return equals < 0 ? undefined : trim(pair.slice(0, equals)) || undefined;
}

function hasKey(list: ByteText, key: ByteText): boolean {
  return list.split(',').some((pair) => keyOf(pair) === key);
}
