// SPDX-License-Identifier: Apache-2.0
// Always in sight: how much there is, and what was not seen.
import type { JSX } from 'preact';
import type { Failure } from '../../api/requests.ts';
import type { Status } from '../../contract.ts';
import { formatBytes, formatCount } from '../../format/quantities.ts';
import { Name } from '../text.tsx';

export function StatusBar({
  status,
  viewCount,
  message,
}: {
  status: Status;
  viewCount: number;
  message: string;
}): JSX.Element {
  const { losses } = status;
  const lost = losses.reduce((sum, { count }) => sum + count, 0);
  return (
    <footer class="status-bar">
      <span>{formatCount(status.sampleCount)} samples</span>
      {status.storeBytes > 0 && <span>{formatBytes(status.storeBytes)} kept</span>}
      {lost === 0 ? (
        <span class="good">nothing lost</span>
      ) : (
        <details class="losses">
          <summary>{formatCount(lost)} lost or cut</summary>
          <ul>
            {losses.map(({ reason, text }) => (
              <li key={reason}>
                <Name text={text} limit={300} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <output class="message" aria-live="polite">
        {message}
      </output>
      <span class="muted">
        <kbd>/</kbd> search <kbd>1</kbd>–<kbd>{viewCount}</kbd> views <kbd>?</kbd> keys
      </span>
      <span class="muted">otel-profile {status.toolVersion}</span>
    </footer>
  );
}

export function Offline({
  failure,
  onRetry,
}: {
  failure: Failure;
  onRetry: () => void;
}): JSX.Element {
  return (
    <div class="banner error" role="alert">
      <b>{failure.message}</b> {failure.hint}{' '}
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
