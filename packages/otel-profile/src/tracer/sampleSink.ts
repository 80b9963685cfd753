// SPDX-License-Identifier: Apache-2.0
import type { ProfileSample } from '@otelkit/otlp';

/** Where samples go: to a collector, into a file, onto a screen. */
export interface SampleSink {
  /** @param sample filled anew for the next one; its `timeNs` is CLOCK_MONOTONIC */
  sample(sample: ProfileSample): void;
}
