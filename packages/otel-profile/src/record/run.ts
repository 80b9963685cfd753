// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, ToolError } from '@otelkit/cli-kit';
import { monotonicNs, wallClockOriginNs } from '@otelkit/core';
import { profilerKinds } from '@otelkit/otlp';
import {
  encodeProfile,
  formatEndings,
  formatOfPath,
  saveFile,
  usualFileName,
} from '@otelkit/profiles';
import { HeldChild } from '../child/heldChild.ts';
import { invokerOf } from '../child/invoker.ts';
import { debuginfodServers } from '../config/debuginfodServers.ts';
import { durationOf, samplingOf } from '../config/sharedSettings.ts';
import { targetsOf } from '../config/targetSettings.ts';
import { Capture } from '../tracer/capture.ts';
import { version } from '../version.ts';
import { lossesOf } from './losses.ts';
import { Recording } from './recording.ts';
import type { RecordFlags } from './spec.ts';

export async function run(invocation: Invocation<RecordFlags>): Promise<ExitCode> {
  const { args, flags, output, env, cwd } = invocation;
  const format = flags.format ?? formatOfPath(flags.output ?? usualFileName('pprof'));
  if (format === undefined) {
    throw new ToolError(`--output ${flags.output}: its ending names no format`, {
      code: 'FORMAT_UNKNOWN',
      exitCode: ExitCode.usage,
      hint: `use --format, or one of ${formatEndings()}`,
    });
  }
  const durationMs =
    flags.duration === undefined ? undefined : durationOf('--duration', flags.duration);
  const invoker = invokerOf(env, process.geteuid?.() ?? -1);
  const command =
    args.length === 0
      ? undefined
      : new HeldChild({ command: args, env: process.env, cwd, invoker });
  const targets = targetsOf(flags);
  const pids = command === undefined ? [...targets.pids] : [command.pid, ...targets.pids];
  const capture = new Capture({
    sampling: { ...samplingOf(flags), onlyListed: pids.length > 0 },
    targets: { ...targets, pids: new Set(pids) },
    symbolize: flags.symbolize === 'off' ? 'off' : 'lines',
    debuginfodUrls: flags.debuginfod === true ? debuginfodServers(env['DEBUGINFOD_URLS']) : [],
    errorFrames: flags['send-error-frames'] ?? true,
    helper: flags.helper,
    tell: (message) => output.note(message),
  });
  const recording = new Recording();
  capture.profiler.addSink(recording);
  let endedBy: 'command' | 'time' | 'signal' | 'death';
  let startNs = 0;
  try {
    await capture.start();
    startNs = monotonicNs();
    if (pids.length > 0)
      await capture.profiler.helper.request('filter', { include: pids, exclude: [] });
    command?.release();
    endedBy = await capture.wait(durationMs, command?.ended);
  } catch (error) {
    command?.end('SIGKILL');
    throw error;
  }
  await capture.finish();
  const profile = recording.toProfile(
    capture.profiler.data,
    profilerKinds(flags['samples-per-second'] ?? 99),
    {
      originNs: wallClockOriginNs(),
      startNs,
      endNs: capture.endNs,
      comments: lossesOf(capture.profiler),
    },
  );
  const title = args.length > 0 ? args.join(' ') : 'otel-profile';
  const tool = { name: 'otel-profile', version };
  const owner = invoker === undefined ? {} : { owner: invoker };
  const pieces = encodeProfile(profile, format, { title, tool });
  // Who asks for a table and for no file wants to read it.
  const path = flags.output ?? (format === 'top' ? undefined : usualFileName(format));
  if (path === undefined) await output.say(() => [...pieces].join(''));
  else saveFile(path, pieces, owner);
  for (const loss of lossesOf(capture.profiler)) output.note(loss);
  output.note(`${recording.count} samples${path === undefined ? '' : ` in ${path}`}`);
  await capture.profiler.close();
  if (endedBy === 'death') output.fail(ExitCode.negative);
  if (command === undefined) return output.exitCode();
  if (endedBy !== 'command') command.end('SIGTERM');
  const code = await command.ended;
  // Its own code: any number, which the table of our exit codes does not hold.
  process.exit(endedBy === 'command' ? code : output.exitCode());
}
