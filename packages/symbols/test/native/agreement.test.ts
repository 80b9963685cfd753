// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { agreementOf } from '../fixtures/agreement.ts';
import { needsTools, Workshop } from '../fixtures/build.ts';

const SAMPLES = 2_000;
const SYSTEM = [
  process.execPath,
  '/lib/x86_64-linux-gnu/libc.so.6',
  '/usr/lib/x86_64-linux-gnu/libstdc++.so.6',
  '/lib/aarch64-linux-gnu/libc.so.6',
  '/usr/bin/python3',
];

describe('function names agree with llvm-symbolizer', () => {
  let shop: Workshop;
  before(() => {
    shop = new Workshop();
  });
  after(() => shop.remove());

  for (const path of SYSTEM.filter((one) => existsSync(one))) {
    it(path, function () {
      needsTools(this, 'llvm-symbolizer-19', 'nm');
      assertAgrees(path);
    });
  }

  it('a C program', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'gcc');
    shop.write(
      'c.c',
      `#include <stdio.h>
static int twice(int x) { return x * 2; }
__attribute__((noinline)) int outer(int x) { return twice(x) + 1; }
static __attribute__((noinline, cold)) int never(int x) { return outer(x) - 3; }
int alias(int) __attribute__((alias("outer")));
int main(int argc, char **argv) { (void)argv; printf("%d", outer(argc)); return argc > 5 ? never(argc) : 0; }
`,
    );
    for (const flags of [['-O0'], ['-O2'], ['-O2', '-g'], ['-O2', '-static']]) {
      shop.run('gcc', ...flags, '-o', 'c', 'c.c');
      assertAgrees(shop.path('c'));
    }
  });

  it('a C++ program', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'g++');
    shop.write(
      'cc.cc',
      `#include <map>
#include <string>
#include <vector>
#include <algorithm>
struct Base { virtual ~Base() {} virtual int run(int x) = 0; };
template <typename T> struct Child : Base { T t{}; int run(int x) override { return x + (int)sizeof(T); } };
int main(int argc, char **argv) {
  std::map<std::string, std::vector<int>> m;
  for (int i = 0; i < argc; i++) m[argv[i]].push_back(i);
  std::vector<int> v{3, 1, 2}; std::sort(v.begin(), v.end(), [](int a, int b) { return a > b; });
  Child<long> a; Child<char> b; Base *base = argc > 1 ? (Base *)&a : &b;
  return base->run((int)m.size() + v[0]);
}
`,
    );
    shop.run('g++', '-O1', '-o', 'cc', 'cc.cc');
    assertAgrees(shop.path('cc'));
  });

  it('a Rust program', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'rustc');
    shop.write(
      'r.rs',
      `use std::collections::HashMap;
fn main() {
    let mut m: HashMap<String, Vec<usize>> = HashMap::new();
    for (i, a) in std::env::args().enumerate() { m.entry(a).or_default().push(i); }
    println!("{:?}", m);
}
`,
    );
    shop.run('rustc', '-O', '-o', 'r', 'r.rs');
    assertAgrees(shop.path('r'));
  });

  it('a Go program', function () {
    needsTools(this, 'llvm-symbolizer-19', 'nm', 'go');
    shop.write('m.go', 'package main\nimport "fmt"\nfunc main() { fmt.Println("x", 1) }\n');
    shop.run('go', 'build', '-o', 'm', 'm.go');
    assertAgrees(shop.path('m'));
  });
});

function assertAgrees(path: string): void {
  const { compared, equal, different } = agreementOf(path, SAMPLES);
  assert.ok(compared > SAMPLES / 10, `llvm-symbolizer named only ${compared} addresses of ${path}`);
  assert.ok(
    equal >= compared * 0.99,
    `${equal} of ${compared} are equal:\n${different.join('\n')}`,
  );
}
