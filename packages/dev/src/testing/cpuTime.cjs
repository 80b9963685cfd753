// SPDX-License-Identifier: Apache-2.0
// CommonJS for the reporter's sake.
'use strict';
const { readFileSync } = require('node:fs');

/** USER_HZ: what proc(5) counts CPU time in. */
const TICKS_PER_SECOND = 100;

/**
 * What a process and the children that it has waited for spent: it says what a suite costs where
 * the clock says how busy the machine is.
 * @param {number | 'self'} pid
 * @returns {number} seconds; 0 when it is gone
 */
function cpuSeconds(pid) {
  let stat = '';
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return 0;
  }
  // utime, stime, cutime and cstime: fields 14 to 17; the name, field 2, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

module.exports = { cpuSeconds };
