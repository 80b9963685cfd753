// SPDX-License-Identifier: Apache-2.0

export { bytes, doubles, type GrowingColumn, ints, uints } from '@otelkit/otlp';
export * from './diff/compareProfiles.ts';
export * from './diff/judgeRules.ts';
export * from './diff/renderDiff.ts';
export * from './diff/rule.ts';
export * from './file/saveFile.ts';
export * from './model/aggregate.ts';
export * from './model/frameText.ts';
export { paddedLink, sortedLabels } from './model/labelTable.ts';
export * from './model/profile.ts';
export * from './model/profileBuilder.ts';
export { SequenceTable } from './model/sequenceTable.ts';
export * from './model/weights.ts';
export * from './read/diagnostics.ts';
export * from './read/limits.ts';
export * from './read/otlp.ts';
export * from './read/otlpAttributes.ts';
export type { ProfileTarget } from './read/profileTarget.ts';
export * from './read/readProfile.ts';
export * from './table/topTable.ts';
export * from './write/folded.ts';
export * from './write/otlpFile.ts';
export * from './write/pprof.ts';
export * from './write/profileFormat.ts';
export * from './write/speedscope.ts';
