// SPDX-License-Identifier: Apache-2.0
// Colours by meaning, so that every tool paints the same thing alike.

type Paint = (text: string) => string;

export interface Style {
  readonly enabled: boolean;
  /** A section's title. */
  readonly heading: Paint;
  /** The name before a value. */
  readonly label: Paint;
  /** The thing being talked about: a path, a command. */
  readonly subject: Paint;
  /** As one would wish: RELRO full, found. */
  readonly good: Paint;
  /** Worth a look: partial RELRO. */
  readonly warn: Paint;
  /** Bad: missing library, executable stack. */
  readonly bad: Paint;
  /** Numbers, hashes, versions. */
  readonly value: Paint;
  /** Less important: reasons, defaults. */
  readonly faint: Paint;
}

const same: Paint = (text) => text;

/** Style without colours. */
export const plainStyle: Style = {
  enabled: false,
  heading: same,
  label: same,
  subject: same,
  good: same,
  warn: same,
  bad: same,
  value: same,
  faint: same,
};
