// SPDX-License-Identifier: Apache-2.0
// Long steps show that they live: one line rewritten in place on a terminal, otherwise a plain line
// at the start, every HEARTBEAT_MS, and at the end. All of it on stderr, stdout stays the product's.

const REDRAW_MS = 120;
const HEARTBEAT_MS = 30_000;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * @template T
 * @param {string} label what is being done: `fetching Zig 0.17.0`
 * @param {(report: (line: string) => void) => Promise<T>} work `report` takes a child's last line
 * @param {NodeJS.WriteStream} [stream]
 * @returns {Promise<T>}
 */
export async function step(label, work, stream = process.stderr) {
  const live = stream.isTTY === true && process.env['CI'] === undefined;
  const startedMs = performance.now();
  let detail = '';
  const draw = () => {
    const elapsed = seconds(startedMs);
    const frame = FRAMES[Math.floor(performance.now() / REDRAW_MS) % FRAMES.length];
    const line = `${frame} ${label} ${elapsed}${detail === '' ? '' : `  ${detail}`}`;
    stream.write(`\r\x1b[2K${[...line].slice(0, (stream.columns || 80) - 1).join('')}`);
  };
  const beat = () => void stream.write(`  … still ${label} (${seconds(startedMs)})\n`);
  if (!live) stream.write(`• ${label}\n`);
  const timer = setInterval(live ? draw : beat, live ? REDRAW_MS : HEARTBEAT_MS);
  let outcome = 'failed';
  try {
    const result = await work((line) => {
      detail = printable(line);
    });
    outcome = 'done';
    return result;
  } finally {
    clearInterval(timer);
    const mark = outcome === 'done' ? '✔' : '✖';
    stream.write(
      `${live ? '\r\x1b[2K' : '  '}${mark} ${label}: ${outcome} (${seconds(startedMs)})\n`,
    );
  }
}

/** @param {number} startedMs */
function seconds(startedMs) {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}

/**
 * A child's line without its own cursor movements.
 * @param {string} line
 */
function printable(line) {
  return line.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\x00-\x1f\x7f]/g, ' ');
}
