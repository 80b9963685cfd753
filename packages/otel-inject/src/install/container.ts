// SPDX-License-Identifier: Apache-2.0
// `--mode container`: what a Pod or a Compose service needs. The library, the agents and their
// configuration come from the host that has them installed, mounted where they are there, so that
// every path in the configuration stays true.
import { stringify } from 'yaml';
import type { Layout } from '../layout/paths.ts';
import { CONFIG_NAMES, type RuntimeName } from './configFiles.ts';

export type ContainerFormat = 'pod' | 'compose';

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The YAML text, with where it belongs as comments. */
export function containerYaml(
  layout: Layout,
  format: ContainerFormat,
  runtimes: readonly RuntimeName[],
): string {
  const env = variables(layout, runtimes);
  return format === 'pod' ? podYaml(layout, env) : composeYaml(layout, env);
}

function variables(layout: Layout, runtimes: readonly RuntimeName[]): Variable[] {
  const disabled = Object.entries(CONFIG_NAMES)
    .filter(([name]) => runtimes.length > 0 && !(runtimes as readonly string[]).includes(name))
    .map(([, name]) => name);
  return [
    // Without $LIB: musl does not know it, and images are of any libc.
    { name: 'LD_PRELOAD', value: layout.library },
    ...(disabled.length > 0
      ? [{ name: 'OTEL_INJECTOR_AUTO_INSTRUMENTATION_DISABLED', value: disabled.join(',') }]
      : []),
  ];
}

function mounts({ libraryDirectory, configDirectory }: Layout): [string, string][] {
  const libraries = libraryDirectory.slice(0, libraryDirectory.lastIndexOf('/'));
  return [
    ['otel-inject', libraries],
    ['otel-inject-config', configDirectory],
  ];
}

function podYaml(layout: Layout, env: readonly Variable[]): string {
  const pod = {
    spec: {
      containers: [
        {
          name: 'app',
          env: [
            ...env,
            fieldVariable('OTEL_INJECTOR_K8S_NAMESPACE_NAME', 'metadata.namespace'),
            fieldVariable('OTEL_INJECTOR_K8S_POD_NAME', 'metadata.name'),
            fieldVariable('OTEL_INJECTOR_K8S_POD_UID', 'metadata.uid'),
            { name: 'OTEL_INJECTOR_K8S_CONTAINER_NAME', value: 'app' },
          ],
          volumeMounts: mounts(layout).map(([name, mountPath]) => ({
            name,
            mountPath,
            readOnly: true,
          })),
        },
      ],
      volumes: mounts(layout).map(([name, path]) => ({
        name,
        hostPath: { path, type: 'Directory' },
      })),
    },
  };
  return `# Merge into a Pod or a Pod template; the nodes need \`otel-inject agents add\` and\n# \`otel-inject install\` (any mode). Replace "app" by the container's name.\n${stringify(pod)}`;
}

function fieldVariable(name: string, fieldPath: string): object {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

function composeYaml(layout: Layout, env: readonly Variable[]): string {
  const compose = {
    services: {
      app: {
        environment: Object.fromEntries(env.map(({ name, value }) => [name, value])),
        volumes: mounts(layout).map(([, path]) => ({
          type: 'bind',
          source: path,
          target: path,
          read_only: true,
        })),
      },
    },
  };
  return `# Merge into compose.yaml; replace "app" by the service's name.\n${stringify(compose)}`;
}
