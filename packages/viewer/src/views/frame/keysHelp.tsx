// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['1, 2, …', 'the views, from left to right'],
  ['/', 'search; Enter and Shift Enter go through what was found'],
  ['← → ↑ ↓', 'walk the flame graph; on the heat map move the cursor'],
  ['Enter', 'enlarge the frame; on the heat map begin and end a range'],
  ['S', 'callers and callees of the frame (also Shift click)'],
  ['Esc', 'the whole graph, close a menu'],
  ['Ctrl wheel', 'zoom the flame graph at the pointer; drag to move it'],
  ['L', 'follow live data'],
  ['F', 'filters'],
  ['D', 'light or dark'],
];

export function KeysHelp({
  isOpen,
  onClose,
}: {
  isOpen: boolean;
  onClose: () => void;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-label="Keys">
      <h2>Keys</h2>
      <dl class="keys">
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
