// SPDX-License-Identifier: Apache-2.0

/** Whether a process of that number is there, in our PID namespace; a zombie is. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
