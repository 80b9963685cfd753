// SPDX-License-Identifier: Apache-2.0
// The file that NODE_OPTIONS requires. It stands before the agent's own one (register.agent.js) for
// what a whole host needs: an old Node.js is left alone, a failure never stops the program, clouds'
// metadata servers are not asked by every process (up to 8 s and a warning where there are none),
// SIGTERM still ends a program that has no handler of its own, and a program that is done does not
// wait 10 s for a receiver that is not there.

/** What the agent's own file is called beside ours. */
export const AGENT_REGISTER = 'register.agent.js';

export const NODE_REGISTER: string = `// SPDX-License-Identifier: Apache-2.0
'use strict';
// Starts OpenTelemetry's auto-instrumentation in a Node.js process; written by otel-inject.
const SHUTDOWN_MS = 5000;
const EXIT_MS = 2000;
const DETECTORS = 'OTEL_NODE_RESOURCE_DETECTORS';

function isServed() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 6) || (major === 18 && minor >= 19);
}

function start() {
  const isOurs = process.env[DETECTORS] === undefined;
  if (isOurs) process.env[DETECTORS] = 'env,host,os,process,serviceinstance,container';
  const onSignal = process.listeners('SIGTERM');
  const onExit = process.listeners('beforeExit');
  try {
    require('./${AGENT_REGISTER}');
  } finally {
    // Not the children's concern.
    if (isOurs) delete process.env[DETECTORS];
  }
  const signalled = takeNew('SIGTERM', onSignal);
  if (signalled.length > 0) endOnSigterm(signalled);
  const done = takeNew('beforeExit', onExit);
  if (done.length > 0) endInTime(done);
}

function takeNew(event, before) {
  const added = process.listeners(event).filter((listener) => !before.includes(listener));
  for (const listener of added) process.removeListener(event, listener);
  return added;
}

/** What nobody receives is sent again and again, which keeps a program that is done from its end. */
function endInTime(shutdowns) {
  process.once('beforeExit', () => {
    for (const shutdown of shutdowns) Promise.resolve(shutdown()).catch(() => {});
    // Whoever else listens may have more to do.
    if (process.listenerCount('beforeExit') > 0) return;
    const limit = Number(process.env.OTEL_EXPORTER_OTLP_TIMEOUT) || EXIT_MS;
    setTimeout(() => process.exit(), limit).unref();
  });
}

/** The agent's handler alone would keep the signal from ending the program. */
function endOnSigterm(shutdowns) {
  const onSigterm = async () => {
    const isOnlyOne = process.listenerCount('SIGTERM') === 1;
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, SHUTDOWN_MS);
    });
    const all = Promise.all(shutdowns.map((shutdown) => shutdown())).catch(() => {});
    await Promise.race([all, late]);
    clearTimeout(timer);
    if (!isOnlyOne) return;
    process.removeListener('SIGTERM', onSigterm);
    process.kill(process.pid, 'SIGTERM');
  };
  process.on('SIGTERM', onSigterm);
}

if (isServed()) {
  try {
    start();
  } catch (error) {
    if (process.env.OTEL_INJECTOR_LOG_LEVEL) console.error(error);
  }
}
`;
