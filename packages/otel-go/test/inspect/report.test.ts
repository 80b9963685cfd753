// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import type { GoLibrary } from '@otelkit/bpf-client';
import { plainStyle } from '@otelkit/cli-kit';
import { type GoAnalysis, wantedOf } from '../../src/analyze/index.ts';
import { renderInspect } from '../../src/inspect/render.ts';
import { type InspectReport, inspectReport } from '../../src/inspect/report.ts';
import { analyzed, needProgram } from '../analyze/programs.ts';

const RUNTIME: GoLibrary = {
  name: 'runtime',
  module: 'std',
  functions: [],
  fields: [{ name: 'runtime.g.goid' }],
};

function library(changes: Partial<GoLibrary>): GoLibrary {
  return {
    name: 'urls',
    module: 'std',
    functions: [{ name: 'net/url.(*URL).String', role: 'begin' }],
    fields: [{ name: 'net/url.URL.Scheme' }, { name: 'net/url.URL.Nothing', optional: true }],
    ...changes,
  };
}

describe('inspect', () => {
  function reportOf(
    context: Mocha.Context,
    libraries: readonly GoLibrary[],
    change: (analysis: GoAnalysis) => GoAnalysis = (analysis) => analysis,
  ): InspectReport {
    const path = needProgram(context, { kind: 'small', args: ['-ldflags=-s -w'] });
    const all = [RUNTIME, ...libraries];
    const analysis = change(analyzed(path, wantedOf(all), { crossCheck: true }));
    return inspectReport(path, analysis, all, { sites: [], problems: [] });
  }

  function becauseOf(report: InspectReport): string | null | undefined {
    return report.libraries.find(({ name }) => name === 'urls')?.because;
  }

  it('tells offsets, their origin, and fields that this version does not have', function () {
    const report = reportOf(this, [library({})]);
    const urls = report.libraries.find(({ name }) => name === 'urls');
    assert.equal(urls?.verdict, 'instrumented');
    const [scheme, nothing] = urls?.offsets ?? [];
    assert.equal(scheme?.offset, 0);
    assert.equal(scheme?.source, 'types');
    assert.match(scheme?.origin ?? '', /^type descriptor at 0x[0-9a-f]+$/);
    assert.equal(nothing?.offset, null);
    assert.equal(nothing?.isRequired, false);
  });

  it('says which function or field is missing', function () {
    const functions = [
      { name: 'net/url.(*URL).String', role: 'begin' },
      { name: 'net/url.(*URL).Gone', role: 'end' },
    ];
    assert.match(
      becauseOf(reportOf(this, [library({ functions })])) ?? '',
      /net\/url\.\(\*URL\)\.Gone is not in the program/,
    );
    const anyOf = functions.map((one) => ({ ...one, anyOf: 'end' }));
    assert.equal(becauseOf(reportOf(this, [library({ functions: anyOf })])), null);
    const fields = [{ name: 'net/url.URL.Nothing' }];
    assert.match(
      becauseOf(reportOf(this, [library({ fields })])) ?? '',
      /net\/url\.URL has no field Nothing/,
    );
    const unknown = [{ name: 'net/url.Missing.Field' }];
    assert.match(
      becauseOf(reportOf(this, [library({ fields: unknown })])) ?? '',
      /the layout of net\/url\.Missing is not known: .*no DWARF/,
    );
  });

  it('instruments nothing where what all libraries need is not known', function () {
    const report = reportOf(this, [library({})], (analysis) => ({
      ...analysis,
      structs: new Map([...analysis.structs].filter(([name]) => name !== 'runtime.g')),
      unknownStructs: [{ what: 'runtime.g', reason: 'its DWARF and its descriptor differ' }],
    }));
    assert.match(becauseOf(report) ?? '', /runtime\.g is not known: its DWARF and its/);
    assert.ok(report.problems.some((problem) => problem.startsWith('runtime.g:')));
  });

  it('leaves libraries that are not linked in out, unless everything is asked for', function () {
    const other = library({
      name: 'other',
      module: 'example.com/other',
      functions: [{ name: 'example.com/other.F', role: 'begin' }],
    });
    const report = reportOf(this, [library({}), other]);
    const context = { style: plainStyle, width: 100, isTty: false };
    const short = renderInspect(report, { isDetailed: false }, context);
    assert.match(short, /urls {2}can be instrumented/);
    assert.doesNotMatch(short, /other/);
    assert.match(renderInspect(report, { isDetailed: true }, context), /other.*not in the program/);
  });
});
