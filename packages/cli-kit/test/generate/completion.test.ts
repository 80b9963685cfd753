// SPDX-License-Identifier: Apache-2.0
// In the real shells, as far as they are there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHELLS, type Shell } from '../../src/completion/spec.ts';
import { completionScript } from '../../src/generate/completion.ts';
import { demoTool } from '../fixture/demoTool.ts';

const BASH = `
compopt() { :; }
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($#-1))
_demo demo
printf '%s\\n' "\${COMPREPLY[@]}"`;

// Completes inside a pseudo-terminal and prints what compadd was given.
const ZSH = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D; setopt no_list_beep
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
  typeset -a hits; builtin compadd -A hits "$@"; for hit in $hits; print -r -- "<HIT $hit>"
  builtin compadd "$@"
}
source "'$1'"; bindkey "^I" complete-word; print READ""Y'
repeat 200 { zpty -r -t z out && [[ $out == *READY* ]] && break; sleep 0.05 }
zpty -w -n z "$2"$'\\t'
repeat 40 { sleep 0.05; while zpty -r -t z out; do print -r -- "$out"; done }
zpty -d z`;

function complete(shell: Shell, script: string, line: string): readonly string[] {
  const options = { encoding: 'utf8', env: { ...process.env, TERM: 'xterm' } } as const;
  if (shell === 'bash') {
    const { stdout } = spawnSync(
      'bash',
      ['--norc', '-c', BASH, 'bash', script, ...line.split(' ')],
      options,
    );
    return stdout.split('\n').filter((word) => word !== '');
  }
  if (shell === 'fish') {
    const command = `source ${script}; complete -C${JSON.stringify(line)}`;
    const { stdout } = spawnSync('fish', ['--no-config', '-c', command], options);
    return stdout
      .split('\n')
      .flatMap((row) => row.split('\t').slice(0, 1))
      .filter((word) => word !== '');
  }
  const { stdout } = spawnSync('zsh', ['-f', '-c', ZSH, 'zsh', script, line], options);
  return [...stdout.matchAll(/<HIT ([^>]*)>/g)].map((match) => match[1] ?? '');
}

for (const shell of SHELLS) {
  describe(`completion in ${shell}`, function () {
    this.slow(10_000);
    const dir = mkdtempSync(join(tmpdir(), 'completion-'));
    const script = join(dir, 'script');
    before(function () {
      if (spawnSync(shell, ['-c', 'true']).error !== undefined) {
        console.log(`skip: ${shell} is missing, install with: apt-get install ${shell}`);
        this.skip();
      }
      writeFileSync(script, completionScript(demoTool, shell));
    });
    after(() => rmSync(dir, { recursive: true }));

    const has = (line: string, expected: readonly string[], not: readonly string[] = []): void => {
      it(`offers ${expected.join(' ')} after "${line}"`, () => {
        const offered = complete(shell, script, line).map((word) => word.replace(/^--mode=/, ''));
        for (const word of expected) assert.ok(offered.includes(word), `${word} in ${offered}`);
        for (const word of not) assert.ok(!offered.includes(word), `${word} in ${offered}`);
      });
    };
    has('demo ', ['echo', 'many', 'needs', 'completion'], ['--name']);
    has(
      'demo echo --',
      ['--name', '--disable-tls', '--no-cache', '--json'],
      ['--secret', '--count'],
    );
    has('demo echo --mode ', ['fast', 'slow'], ['--json']);
    has('demo completion ', ['bash', 'zsh', 'fish']);
    has('demo echo --pid ', [String(process.pid)]);
  });
}

describe('completion in bash', () => {
  it('knows values after an equals sign, which readline takes for a word', () => {
    const dir = mkdtempSync(join(tmpdir(), 'completion-'));
    const script = join(dir, 'script');
    writeFileSync(script, completionScript(demoTool, 'bash'));
    assert.deepEqual(complete('bash', script, 'demo echo --mode = f'), ['fast']);
    assert.deepEqual(complete('bash', script, 'demo echo --mode ='), ['fast', 'slow']);
    rmSync(dir, { recursive: true });
  });
});
