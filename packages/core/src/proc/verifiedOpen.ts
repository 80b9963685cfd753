// SPDX-License-Identifier: Apache-2.0
// Opens what another party chose the path of. A plain open would act on devices (a watchdog starts,
// a tape rewinds) before anything could be checked, so the name is pinned by O_PATH first, looked
// at, and only then opened for reading.
import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import { FileSource } from '../bytes/fileSource.ts';
import { encodePath } from '../bytes/surrogateEscape.ts';
import { InputError, toInputError } from '../diagnostics/diagnostic.ts';

/** open(2): a handle to the name only; not among Node's constants, the same on all Linux ports. */
const O_PATH = 0o10000000;
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Opens a regular file for random access without ever touching anything that is not one.
 * @param accept called with the file's metadata before it is opened; false gives `malformed`
 * @param label what messages call the file
 * @throws InputError `io`, `not-regular`, or `malformed` when `accept` refuses
 */
export function openVerified(
  path: string,
  label: string,
  accept: (stats: Stats) => boolean = () => true,
): FileSource {
  let pinned = -1;
  let fd = -1;
  try {
    pinned = openSync(encodePath(path), O_PATH);
    const stats = fstatSync(pinned);
    if (!stats.isFile()) throw new InputError('not-regular', label, 'is not a regular file');
    if (!accept(stats)) throw new InputError('malformed', label, 'is another file by now');
    fd = openSync(`/proc/self/fd/${pinned}`, READ_FLAGS);
    return new FileSource(label, fd, fstatSync(fd));
  } catch (error) {
    if (fd >= 0) closeSync(fd);
    throw toInputError(error, label, 'open');
  } finally {
    if (pinned >= 0) closeSync(pinned);
  }
}
