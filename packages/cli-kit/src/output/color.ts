// SPDX-License-Identifier: Apache-2.0
import { plainStyle, type Style } from './style.ts';

export type ColorChoice = 'auto' | 'always' | 'never';

export interface ColorSituation {
  readonly choice: ColorChoice;
  readonly isTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether to colour. The command line wins over the environment; then FORCE_COLOR
 * (force-color.org), NO_COLOR (no-color.org; an empty value means nothing), the terminal.
 */
export function wantsColor({ choice, isTty, env }: ColorSituation): boolean {
  if (choice !== 'auto') return choice === 'always';
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return isTty && env['TERM'] !== 'dumb' && env['TERM'] !== undefined;
}

/** chalk is loaded only where colours are wanted: most runs under scripts want none. */
export async function loadStyle(enabled: boolean): Promise<Style> {
  if (!enabled) return plainStyle;
  const { Chalk } = await import('chalk');
  // Level 1: the sixteen colours that follow the user's theme and stay readable on any background.
  const chalk = new Chalk({ level: 1 });
  return {
    enabled: true,
    heading: chalk.bold,
    label: chalk.dim,
    subject: chalk.bold,
    good: chalk.green,
    warn: chalk.yellow,
    bad: chalk.red,
    value: chalk.cyan,
    faint: chalk.dim,
  };
}
