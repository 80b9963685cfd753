// SPDX-License-Identifier: GPL-2.0-only
// Integer types and attributes that every BPF source here needs.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed short s16;
typedef signed int s32;
typedef signed long long s64;

#define SEC(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline))
// A real BPF function: verified where it is called, but compiled once.
#define SUBPROGRAM static __attribute__((noinline))
// One that is verified once by itself, whatever calls it; with pointers as arguments since 5.12.
#define GLOBAL_FUNCTION __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

// Members of map definitions: the BTF of a struct in `.maps` is the map's description.
#define MAP_UINT(name, value) int (*name)[value]
#define MAP_TYPE(name, value) typeof(value) *name
#define MAP_ARRAY(name, value) typeof(value) *name[]

// Hides how a value came about, so that the compiler keeps the bounds check the verifier needs.
#define OPAQUE(value) asm volatile("" : "+r"(value))

// Makes the compiler write values to memory and read them anew. What the verifier reads from a map
// it knows nothing about, so paths that differ in such values only become one.
#define FORGET_REGISTERS() asm volatile("" ::: "memory")
