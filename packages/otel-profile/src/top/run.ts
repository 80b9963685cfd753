// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import { monotonicNs, wallClockOriginNs } from '@otelkit/core';
import { profilerKinds } from '@otelkit/otlp';
import type { Profile } from '@otelkit/profiles';
import { mainKind, topTable } from '@otelkit/profiles';
import { durationOf, samplingOf } from '../config/sharedSettings.ts';
import { targetsOf } from '../config/targetSettings.ts';
import { lossesOf } from '../record/losses.ts';
import { Recording } from '../record/recording.ts';
import { Capture, type CaptureEnd } from '../tracer/capture.ts';
import { onQuitKey } from './quitKey.ts';
import { renderScreen, renderTable } from './render.ts';
import type { TopFlags } from './spec.ts';

const ONCE_MS = 3_000;
/** The first screen waits for the symbols of everything that runs, but no longer than that. */
const NAMING_MS = 8_000;

export async function run(invocation: Invocation<TopFlags>): Promise<ExitCode> {
  const { flags, output, stdin } = invocation;
  const intervalMs = durationOf('--interval', flags.interval);
  const isLive = !flags.once && output.mode === 'text' && output.text.isTty && stdin.isTty;
  const given = flags.duration === undefined ? undefined : durationOf('--duration', flags.duration);
  const durationMs = given ?? (isLive ? undefined : ONCE_MS);
  const sampling = samplingOf(flags);
  const targets = targetsOf(flags);
  const capture = new Capture({
    sampling: { ...sampling, onlyListed: targets.pids.size > 0 },
    targets,
    symbolize: flags.symbolize === 'off' ? 'off' : 'functions',
    errorFrames: flags['send-error-frames'] ?? true,
    helper: flags.helper,
    tell: (message) => output.note(message),
  });
  const recording = new Recording();
  capture.profiler.addSink(recording);
  let startNs = monotonicNs();
  const profileNow = (): Profile => {
    const endNs = capture.endNs === 0 ? monotonicNs() : capture.endNs;
    const facts = { originNs: wallClockOriginNs(), startNs, endNs, comments: [] };
    return recording.toProfile(capture.profiler.data, profilerKinds(sampling.hz), facts);
  };
  const tableOf = (profile: Profile) =>
    topTable(profile, { kind: mainKind(profile), sortBy: flags.sort, rows: flags.rows });
  await capture.start();
  const pids = [...targets.pids];
  if (pids.length > 0) await capture.profiler.helper.request('filter', { include: pids });
  startNs = monotonicNs();
  let end: CaptureEnd;
  if (isLive) {
    let isDrawing = false;
    const timer = setInterval(async () => {
      if (isDrawing) return;
      isDrawing = true;
      const { data } = capture.profiler;
      await data.nameFrames(NAMING_MS);
      data.stacks.forgetExpansions();
      const profile = profileNow();
      recording.clear();
      startNs = monotonicNs();
      await output.say((text) => renderScreen(tableOf(profile), profile, text));
      isDrawing = false;
    }, intervalMs);
    end = await capture.wait(durationMs, undefined, onQuitKey);
    clearInterval(timer);
  } else {
    end = await capture.wait(durationMs, undefined);
  }
  await capture.finish();
  if (!isLive) {
    const profile = profileNow();
    const table = tableOf(profile);
    output.member('unit', table.unit);
    output.member('sum', table.sum);
    output.member('samples', recording.count);
    output.member('losses', lossesOf(capture.profiler));
    await output.say((text) => renderTable(table, profile, text));
    for (const row of table.rows) {
      await output.emit({ json: () => row, text: () => '' });
    }
  }
  for (const loss of lossesOf(capture.profiler)) output.note(loss);
  await capture.profiler.close();
  return end === 'death' ? ExitCode.negative : output.exitCode();
}
