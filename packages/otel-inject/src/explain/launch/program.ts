// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from '@otelkit/core';
import type { ByteText } from '../../config/byteText.ts';
import type { Prediction } from '../predict/predict.ts';

/** Will the dynamic loader load the library, and will it work there? */
export interface LoadAnswer {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly hint?: string;
}

/** One program, and what the library does in it. */
export interface ProgramExplanation {
  /** As started, and with links resolved. */
  readonly path: string;
  readonly executable: string;
  readonly argv: readonly ByteText[];
  readonly execfn: ByteText;
  readonly load: LoadAnswer;
  readonly runtimeVersion: string | undefined;
  /** Undefined where the library is not loaded. */
  readonly prediction: Prediction | undefined;
  readonly before: readonly ByteText[];
  readonly after: readonly ByteText[];
}
