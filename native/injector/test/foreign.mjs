// SPDX-License-Identifier: Apache-2.0
// Every real runtime that can be had, on every C library and machine that can be had, under each
// kind of configuration: its own agent once and no other change, or no change at all.

import { callTests } from './foreignCalls.mjs';
import { familyTests } from './foreignFamilies.mjs';
import { foreignPlaces } from './foreignPrograms.mjs';
import { secureTests } from './foreignSecure.mjs';
import { assert, check, equal, isWanted, skip, variables } from './harness.mjs';
import { isFullMatrix } from './musl.mjs';
import { agentPaths, configurations, fullConfig, withConfig } from './programs.mjs';

/** Runtime → the variable that carries its agent, and its value. */
const CARRIES = {
  nodejs: () => ['NODE_OPTIONS', `--require ${agentPaths.nodejs}`],
  python: (libc) => ['PYTHONPATH', `${agentPaths.python}/${libc}`],
  ruby: (libc) => [
    'RUBYOPT',
    `-r ${agentPaths.ruby}/${libc}/opentelemetry-auto-instrumentation.rb`,
  ],
  jvm: () => ['JAVA_TOOL_OPTIONS', `-javaagent:${agentPaths.jvm}`],
};
const OLD_ALLOWED = {
  NODEJS_AUTO_INSTRUMENTATION_MINIMUM_NODEJS_MAJOR_VERSION: '10',
  RUBY_AUTO_INSTRUMENTATION_MINIMUM_RUBY_VERSION: '2.5',
};
/** Beyond this no further place is begun. */
const BUDGET_MS = 480_000;
/** One start that takes longer means minutes for all of a program's. */
const TOO_SLOW_MS = 10_000;
/** Those that take a second or more to start emulated meet only these unless all is asked for. */
const SLOW = new Set(['nodejs', 'python', 'ruby', 'jvm', 'php']);
const FOR_SLOW = new Set(['malformed', 'unreadable']);
/** What differs by how a program is started, and not by what it carries. */
const SETTING = /LD_PRELOAD|OTEL_INJECTOR_(CONFIG_|DISABLED|EXCLUDE)|_MINIMUM_/;

export async function foreignTests() {
  const all = settings();
  const places = await foreignPlaces();
  const startMs = Date.now();
  for (const place of places.filter(({ name }) => isWanted(name))) {
    if (place.reason) {
      skip(`real programs on ${place.name}`, place.reason);
      continue;
    }
    if (!isFullMatrix && Date.now() - startMs > BUDGET_MS) {
      skip(
        `real programs on ${place.name}`,
        'this machine is too busy for it, ask with OTELKIT_FULL_MATRIX=1',
      );
      continue;
    }
    for (const program of place.programs) inEachSetting(place, program, all);
    const { injected, untouched } = all;
    callTests(place, { custom: injected, ...only(untouched, 'malformed', 'huge', 'excluded') });
    familyTests(place, { custom: injected, ...only(untouched, 'malformed') });
    secureTests(place);
    takesOut(place);
  }
}

const only = (settings, ...names) => Object.fromEntries(names.map((n) => [n, settings[n].env]));

/** What an injected parent added is no concern of another program. */
function takesOut(place) {
  const { command } = place.programs.find(({ name }) => name === 'C PIE');
  if (!command) return;
  check(`${place.name}: a parent's additions are taken out`, () => {
    const { stdout } = place.start(command, {
      env: {
        A: '1',
        NODE_OPTIONS: '--require /a.js --user',
        OTEL_INJECTOR_APPLIED: '1;peNODE_OPTIONS:16:--require /a.js ;',
        Z: '1',
      },
      preload: place.library,
    });
    assert(/^environ NODE_OPTIONS=--user$/m.test(stdout), stdout);
    assert(!/^environ OTEL_INJECTOR_APPLIED/m.test(stdout), stdout);
  });
}

/** The host's configurations (programs.mjs); in all but the first nothing may change. */
function settings() {
  const all = Object.fromEntries(configurations().map(([name, { env }]) => [name, { env }]));
  const { custom, ...untouched } = all;
  for (const hanging of ['FIFO', 'endless device']) delete untouched[hanging];
  untouched.unreadable.asNobody = true;
  untouched.excluded = { env: withConfig(fullConfig('exclude_paths=/*\n')) };
  untouched.disabled = { env: { ...custom.env, OTEL_INJECTOR_DISABLED: 'true' } };
  return { injected: custom.env, untouched };
}

function inEachSetting(place, program, { injected, untouched }) {
  const title = `${place.name}, ${program.name}`;
  if (program.reason) return skip(title, program.reason);
  const start = (options) =>
    place.start(program.command, { ...options, env: { ...program.env, ...options.env } });
  const beganMs = Date.now();
  const plain = start({ env: {} });
  if (Date.now() - beganMs > TOO_SLOW_MS && !isFullMatrix)
    return skip(title, 'this machine is too busy for it, ask with OTELKIT_FULL_MATRIX=1');
  if (plain.status !== (program.status ?? 0)) {
    const needsNewer = /version `GLIBC_[\d.]+' not found/.exec(plain.stderr)?.[0];
    if (needsNewer) return skip(title, needsNewer);
    return check(`${title}: starts`, () =>
      assert(false, `without the library: ${plain.status} ${plain.stderr.slice(0, 300)}`),
    );
  }
  const own = CARRIES[program.runtime]?.(place.libc);
  check(`${title}, injected`, () => {
    const r = start({ env: injected, preload: place.library });
    if (own === undefined || program.isOld) return same(r, plain);
    carries(r, plain, own);
    return undefined;
  });
  if (program.isOld) {
    check(`${title}, injected where older versions are allowed`, () => {
      const r = start({ env: { ...injected, ...OLD_ALLOWED }, preload: place.library });
      carries(r, plain, own);
    });
  }
  for (const [setting, options] of Object.entries(untouched)) {
    const isShort = place.qemu && !isFullMatrix && SLOW.has(program.language);
    if (isShort && !FOR_SLOW.has(setting)) continue;
    check(`${title}, ${setting}`, () => same(start({ ...options, preload: place.library }), plain));
  }
}

const shown = (text) =>
  text
    .split('\n')
    .filter((line) => !SETTING.test(line))
    .join('\n');

/** Not a byte of difference. */
function same(r, plain) {
  equal(r.status, plain.status, `status (${r.stderr.slice(0, 300)})`);
  equal(shown(r.stdout), shown(plain.stdout), 'stdout');
  equal(r.stderr, plain.stderr, 'stderr');
}

/** Its agent ran once; beyond its variable and the record of it, all is as without. */
function carries(r, plain, [variable, value]) {
  equal(r.status, plain.status, `status (${r.stderr.slice(0, 300)})`);
  equal(variables(r.stdout)[variable], value, variable);
  equal(r.stdout.match(/^agent (.*)$/m)?.[1], '1', `agent (${r.stderr.slice(0, 300)})`);
  const others = (text) =>
    shown(text)
      .split('\n')
      .filter(
        (line) =>
          !/^agent |^OTEL_(INJECTOR_APPLIED|RUBY_ADDITIONAL_GEM_PATH)=/.test(line) &&
          !line.startsWith(`${variable}=`),
      )
      .join('\n');
  equal(others(r.stdout), others(plain.stdout), 'everything else');
  equal(r.stderr.replace(/^Picked up JAVA_TOOL_OPTIONS.*\n/m, ''), plain.stderr, 'stderr');
}
