// SPDX-License-Identifier: Apache-2.0
import { ElfFile, InputError, openVerified } from '@otelkit/core';
import { analyzeGo, type GoAnalysis, isAnalysis, type WantedParts } from '../analyze/index.ts';

/**
 * What is known of the executable of a process, by the link that also leads to deleted files and
 * into containers.
 * @returns the reason where it cannot be traced
 */
export function analyzeExecutable(
  path: string,
  label: string,
  wanted: WantedParts,
): GoAnalysis | string {
  try {
    const source = openVerified(path, label);
    try {
      const result = analyzeGo(new ElfFile(source), wanted);
      return isAnalysis(result) ? result : result.reason;
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
