// SPDX-License-Identifier: Apache-2.0
// Paths of the contract's requests, and answers or reasons. All paths are relative to the page.
import type { ApiError, Selection } from '../contract.ts';
import { appendSelection } from '../state/urlState.ts';

/** Why there is no answer, in words for people. */
export interface Failure {
  readonly message: string;
  readonly hint: string;
  /** 0 where nothing answered. */
  readonly status: number;
}

export type Answer<T> = { readonly data: T } | { readonly failure: Failure };

/** @param base second selection of a comparison */
export function apiPath(
  name: string,
  selection: Selection,
  others: Readonly<Record<string, string | number>> = {},
  base?: Selection,
): string {
  const params = new URLSearchParams();
  appendSelection(params, selection, '');
  if (base !== undefined) appendSelection(params, base, 'base.');
  for (const [key, value] of Object.entries(others)) params.set(key, String(value));
  const query = params.toString();
  return query === '' ? `api/${name}` : `api/${name}?${query}`;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<Answer<T>> {
  return request<T>(path, { ...(signal && { signal }) });
}

/** Gives an ELF file's symbols to an executable. */
export async function uploadSymbols(
  executableId: string,
  file: Blob,
): Promise<Answer<{ named: number; withLines: number }>> {
  const path = `api/executables/${encodeURIComponent(executableId)}/symbols`;
  const headers = { 'content-type': 'application/octet-stream' };
  return request(path, { method: 'POST', body: file, headers });
}

async function request<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    const hint = 'Is otel-profile still running? The page asks again by itself.';
    return { failure: { message: 'The server does not answer.', hint, status: 0 } };
  }
  if (response.ok) {
    try {
      return { data: (await response.json()) as T };
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      const message = `The answer to ${nameOf(path)} was cut short or is no JSON.`;
      return { failure: { message, hint: 'Try a shorter range.', status: response.status } };
    }
  }
  return { failure: await failureOf(response, path) };
}

/** Without the query, and without the host where a worker asks. */
function nameOf(path: string): string {
  return path.replace(/\?.*/, '').replace(/^.*\/(?=api\/)/, '');
}

async function failureOf(response: Response, path: string): Promise<Failure> {
  const { status } = response;
  try {
    const { error } = (await response.json()) as ApiError;
    return { message: String(error.message), hint: String(error.hint), status };
  } catch {
    const message = `${nameOf(path)}: status ${status}.`;
    const hint =
      status === 401 ? 'Open the page by the URL with the token that otel-profile printed.' : '';
    return { message, hint, status };
  }
}
