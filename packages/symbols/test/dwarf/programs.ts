// SPDX-License-Identifier: Apache-2.0
// Sources whose functions are inlined into one another, in the languages that make DWARF.
import { fileURLToPath } from 'node:url';
import { type DwarfModule, findDwarfModule } from '../../src/index.ts';

/** The module of native/dwarf; skips the running test where this machine could not build it. */
export function needsDwarf(context: Mocha.Context): DwarfModule {
  const module = findDwarfModule(fileURLToPath(import.meta.url));
  if (module !== undefined) return module;
  console.log('skip: native/dwarf is not built, install with: https://rustup.rs, npm run build');
  return context.skip();
}

export const C_SOURCE = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct item { const char *name; unsigned price; struct item *next; };
static inline __attribute__((always_inline)) unsigned mix(unsigned x) {
  for (int i = 0; i < 8; i++)
    x = x * 1103515245u + 12345u;
  return x;
}
static inline unsigned twice(unsigned x) { return mix(x) ^ mix(x + 1); }
__attribute__((noinline)) unsigned hot(unsigned n) {
  unsigned sum = 0;
  for (unsigned i = 0; i < n; i++) {
    if (i % 3 == 0)
      sum ^= twice(i + sum);
    else
      sum += mix(i);
  }
  return sum;
}
static int byPrice(const void *a, const void *b) {
  const struct item *x = a, *y = b;
  return x->price < y->price ? -1 : x->price > y->price;
}
__attribute__((noinline)) unsigned total(struct item *items, size_t count) {
  unsigned sum = 0;
  qsort(items, count, sizeof *items, byPrice);
  for (struct item *one = items; one != NULL; one = one->next)
    sum += twice(one->price) + (unsigned)strlen(one->name);
  return sum;
}
int main(int argc, char **argv) {
  struct item items[8];
  for (int i = 0; i < 8; i++)
    items[i] = (struct item){argv[0], mix(i), i < 7 ? &items[i + 1] : NULL};
  printf("%u %u\\n", hot(argc * 100), total(items, 8));
  return 0;
}
`;

/** GCC puts the calls of `fail` into `parse.cold`. */
export const SPLIT_SOURCE = `
#include <stdio.h>
#include <stdlib.h>
__attribute__((cold, noinline)) static void fail(const char *what, int at) {
  fprintf(stderr, "%s at %d\\n", what, at);
}
__attribute__((noinline)) int parse(const char *text) {
  int depth = 0;
  for (int i = 0; text[i] != 0; i++) {
    if (text[i] == '(') depth++;
    else if (text[i] == ')' && --depth < 0) { fail("closed twice", i); return -i; }
    else if (text[i] == '!') { fail("not allowed", i); fail(text, i * 3); abort(); }
    else if (text[i] == '?') { fail("not known", i * depth); fail(text + i, depth); exit(i); }
  }
  return depth;
}
int main(int argc, char **argv) { return parse(argv[argc - 1]); }
`;

export const CPP_SOURCE = `
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>
namespace shop {
template <typename T> struct Stack {
  std::vector<T> items;
  void push(T value) { items.push_back(std::move(value)); }
  template <typename F> void each(F f) { for (auto &item : items) f(item); }
};
struct Base { virtual ~Base() = default; virtual int price(int n) const = 0; };
struct Book : Base { int p; explicit Book(int p) : p(p) {} int price(int n) const override { return p * n; } };
}
static inline int square(int x) { return x * x; }
static int twice(int x) { return square(x) + square(x + 1); }
int main(int argc, char **argv) {
  shop::Stack<std::string> stack;
  std::map<std::string, int> counts;
  for (int i = 0; i < argc * 100; i++) {
    stack.push(argv[0] + std::to_string(i % 17));
    counts[stack.items.back()] += twice(i);
  }
  stack.each([&](const std::string &name) { counts[name]++; });
  std::vector<std::unique_ptr<shop::Base>> all;
  all.push_back(std::make_unique<shop::Book>(argc));
  std::vector<int> sums;
  for (auto &entry : counts) sums.push_back(entry.second + all[0]->price(3));
  std::sort(sums.begin(), sums.end(), [](int a, int b) { return a % 7 < b % 7; });
  return sums[0] == 42;
}
`;

export const RUST_SOURCE = `
use std::collections::HashMap;
#[derive(Debug, Clone)] struct Item { name: String, price: u64 }
trait Priced { fn price(&self) -> u64; fn twice(&self) -> u64 { self.price() * 2 } }
impl Priced for Item { fn price(&self) -> u64 { self.price } }
fn sum<T: Priced>(items: &[T]) -> u64 {
    items.iter().map(|i| i.twice()).filter(|p| p % 3 != 0).sum()
}
fn main() {
    let n = std::env::args().count() as u64;
    let mut items: Vec<Item> =
        (0..n * 100).map(|i| Item { name: format!("item{}", i % 13), price: i }).collect();
    items.sort_by(|a, b| b.name.cmp(&a.name).then(a.price.cmp(&b.price)));
    let mut groups: HashMap<String, Vec<Item>> = HashMap::new();
    for i in &items { groups.entry(i.name.clone()).or_default().push(i.clone()); }
    println!("{} {}", groups.values().map(|g| sum(g)).max().unwrap_or(0), sum(&items));
}
`;

export const GO_SOURCE = `package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

type item struct {
	name  string
	price int
}

func mix(x int) int { return x*1103515245 + 12345 }

func twice(x int) int { return mix(x) ^ mix(x+1) }

func main() {
	items := map[string]*item{}
	for i := 0; i < 100*len(os.Args); i++ {
		name := strings.Repeat("x", i%7)
		items[name] = &item{name, twice(i)}
	}
	names := []string{}
	for name := range items {
		names = append(names, name)
	}
	sort.Slice(names, func(a, b int) bool { return items[names[a]].price < items[names[b]].price })
	fmt.Println(names)
}
`;

/** Without Zig's own start and panic code, which take a minute to compile. */
export const ZIG_SOURCE = `
fn mix(x: u32) u32 {
    var y = x;
    var i: u32 = 0;
    while (i < 16) : (i += 1) y = y *% 1103515245 +% i;
    return y;
}
inline fn twice(x: u32) u32 {
    return mix(x) ^ mix(x +% 1);
}
export fn hot(n: u32) u32 {
    var sum: u32 = 0;
    var i: u32 = 0;
    while (i < n) : (i += 1) sum ^= twice(i +% sum);
    return sum;
}
`;
