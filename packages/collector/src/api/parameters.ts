// SPDX-License-Identifier: Apache-2.0
import { QuestionError } from '../query/selection.ts';

/** A whole number of a question, within bounds. @throws QuestionError */
export function integer(
  parameters: URLSearchParams,
  name: string,
  { least, most, usual }: { readonly least: number; readonly most: number; readonly usual: number },
): number {
  const text = parameters.get(name);
  if (text === null || text === '') return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new QuestionError(`${name}: expected a whole number from ${least} to ${most}`);
  }
  return value;
}

/** A word of a list. @throws QuestionError */
export function choice<T extends string>(
  parameters: URLSearchParams,
  name: string,
  values: readonly T[],
): T {
  const text = parameters.get(name);
  if (text === null || text === '') return values[0]!;
  const found = values.find((value) => value === text);
  if (found === undefined) throw new QuestionError(`${name}: expected ${values.join(', ')}`);
  return found;
}
