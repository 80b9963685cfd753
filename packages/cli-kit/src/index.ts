// SPDX-License-Identifier: Apache-2.0
// What commands and tools import. The oclif side and the generators are entry points of their own
// (`@otelkit/cli-kit/oclif`, `/generate`), because an ordinary run must not load them.

export { completionSpec } from './completion/spec.ts';
export { ExitCode, worstExitCode } from './errors/exitCodes.ts';
export { formatError } from './errors/format.ts';
export type { ErrorRecord, Problem, ToolErrorDetails } from './errors/ToolError.ts';
export { ToolError, toProblem } from './errors/ToolError.ts';
export type { ShownCheck } from './output/check.ts';
export { renderCheck } from './output/check.ts';
export { jsonText } from './output/json.ts';
export type { Cell, Column, LabelledOptions, TableOptions } from './output/layout.ts';
export { labelled, table, wrap } from './output/layout.ts';
export type { Emission, Output, OutputMode, TextContext } from './output/output.ts';
export { printable } from './output/printable.ts';
export type { Style } from './output/style.ts';
export { plainStyle } from './output/style.ts';
export { displayWidth, padEnd, padStart, truncate } from './output/width.ts';
export type { DecodeBytes } from './parse/argvBytes.ts';
export type { Progress, ProgressTask } from './progress/progress.ts';
export type { RunToolOptions } from './run/runTool.ts';
export { runTool } from './run/runTool.ts';
export type {
  AnyCommandSpec,
  ArgSpec,
  CommandBody,
  CommandDefinition,
  CommandSpec,
  DefaultCommands,
  EnvSpec,
  Example,
  ToolSpec,
} from './spec/command.ts';
export { defineCommand } from './spec/command.ts';
export { exporterVariables } from './spec/exporterVariables.ts';
export type { Completion, FlagSpec, FlagSpecs, FlagValue, FlagValues } from './spec/flags.ts';
export type { Invocation } from './spec/invocation.ts';
export type { StartingThreads } from './start/startingThreads.ts';
export { watchStartingThreads } from './start/startingThreads.ts';
