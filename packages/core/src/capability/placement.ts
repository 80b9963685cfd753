// SPDX-License-Identifier: Apache-2.0
import { serviceNameOf } from './serviceName.ts';
import type { ExplainTarget } from './target.ts';

/** Where a process belongs; the same in every JSON that speaks of processes. */
export interface Placement {
  readonly container: {
    readonly id: string;
    readonly runtime: string;
    readonly podUid: string | null;
  } | null;
  readonly systemdUnit: string | null;
  readonly serviceName: string | null;
}

/** The placement of a target that is a process. */
export function placementOf(target: ExplainTarget): Placement {
  const { container, systemdUnit } = target.process!.snapshot;
  return {
    container:
      container === undefined
        ? null
        : { id: container.id, runtime: container.runtime, podUid: container.podUid ?? null },
    systemdUnit: systemdUnit ?? null,
    serviceName: serviceNameOf(target),
  };
}
