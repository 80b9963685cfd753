// SPDX-License-Identifier: Apache-2.0

/** Attributes of what telemetry is about, as OTLP sends them (resource/v1). */
export type ProcessAttributes = Readonly<Record<string, string | number>>;

/** What is known of a process by the kernel's records; '' where nothing is. */
export interface ResourceSubject {
  readonly pid: number;
  /** As the process itself sees it. */
  readonly path: string;
  readonly comm: string;
  /** Path in the cgroup hierarchy, or the whole of /proc/PID/cgroup. */
  readonly cgroup: string;
  /** Undefined while it runs. */
  readonly endNs: number | undefined;
}
