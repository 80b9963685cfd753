// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, ToolError } from '@otelkit/cli-kit';
import {
  ComparisonError,
  compareProfiles,
  diffJson,
  judgeRules,
  parseRule,
  problemText,
  type Rule,
  RuleError,
  renderDiffMarkdown,
  renderDiffText,
} from '@otelkit/profiles';
import { usage } from '../config/usage.ts';
import { readProfileFile } from '../files/readProfileFile.ts';
import type { DiffFlags } from './spec.ts';

export async function run({ args, flags, output }: Invocation<DiffFlags>): Promise<ExitCode> {
  const rules = flags['fail-if'].map(ruleOf);
  const [base, now] = args.map((path) => {
    const { profile, problems } = readProfileFile(path);
    for (const problem of problems) output.note(`${path}: ${problemText(problem)}`);
    return profile;
  });
  const comparison = compare(base!, now!, flags.type);
  const verdicts = judgeRules(comparison, rules);
  const options = { rows: flags.rows, verdicts };
  await output.say(() => {
    if (flags.format === 'json') return `${JSON.stringify(diffJson(comparison, options))}\n`;
    return flags.format === 'markdown'
      ? renderDiffMarkdown(comparison, options)
      : renderDiffText(comparison, options);
  });
  for (const { rule, outcome } of verdicts) {
    if (outcome === 'absent') output.note(`${rule.text}: no such function in either profile`);
    if (outcome === 'unsure') output.note(`${rule.text}: not sure, record for longer`);
  }
  if (verdicts.some(({ outcome }) => outcome === 'broken')) output.fail(ExitCode.negative);
  return output.exitCode();
}

function ruleOf(text: string): Rule {
  try {
    return parseRule(text);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const { rule, position, message } = error;
    const here = rule.slice(position, position + 20) || 'the end';
    const hint = "for example 'self(parseJson) > +10%' or 'any self > +2pp'";
    throw usage(`--fail-if '${rule}': at ${here} (column ${position + 1}): ${message}`, hint);
  }
}

function compare(...from: Parameters<typeof compareProfiles>): ReturnType<typeof compareProfiles> {
  try {
    return compareProfiles(...from);
  } catch (error) {
    if (!(error instanceof ComparisonError)) throw error;
    throw new ToolError(error.message, {
      code: 'NOTHING_COMMON',
      exitCode: ExitCode.usage,
      hint: 'choose one with --type',
    });
  }
}
