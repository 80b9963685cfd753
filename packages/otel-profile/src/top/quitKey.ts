// SPDX-License-Identifier: Apache-2.0

const CTRL_C = '\u0003';

/** Calls back for `q` and Ctrl-C on the terminal. @returns what gives the terminal back */
export function onQuitKey(quit: () => void): () => void {
  const { stdin } = process;
  const take = (bytes: Buffer): void => {
    const keys = bytes.toString('latin1');
    if (keys.includes('q') || keys.includes(CTRL_C)) quit();
  };
  stdin.setRawMode?.(true);
  stdin.on('data', take);
  stdin.resume();
  return () => {
    stdin.off('data', take);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
}
