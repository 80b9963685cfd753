// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4) of one short message, as a WebAssembly module of a kilobyte: Node's crypto
// module takes ten times as long to load as this takes to hash 8 KiB. build.mjs compiles it.
#include <stdint.h>

#define MESSAGE_BYTES 8320 // What the caller may put there, padding included: 130 blocks.
#define BLOCK_BYTES 64
#define WORDS 8
#define ROUNDS 64

// First 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
static const uint32_t round_constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint8_t message[MESSAGE_BYTES];
static uint32_t state[WORDS];
static uint32_t schedule[ROUNDS];

static inline uint32_t rotate(uint32_t word, int bits) {
  return word >> bits | word << (32 - bits);
}

// Section 6.2.2, steps 1 to 4.
static void add_block(const uint32_t *block) {
  for (int i = 0; i < 16; i++) schedule[i] = __builtin_bswap32(block[i]);
  for (int i = 16; i < ROUNDS; i++) {
    uint32_t x = schedule[i - 15], y = schedule[i - 2];
    uint32_t sigma0 = rotate(x, 7) ^ rotate(x, 18) ^ x >> 3;
    uint32_t sigma1 = rotate(y, 17) ^ rotate(y, 19) ^ y >> 10;
    schedule[i] = schedule[i - 16] + sigma0 + schedule[i - 7] + sigma1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < ROUNDS; i++) {
    uint32_t sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    uint32_t sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    uint32_t first = h + sum1 + (g ^ (e & (f ^ g))) + round_constants[i] + schedule[i];
    uint32_t second = sum0 + ((a & b) | (c & (a | b)));
    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + second;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

// Where the padded message goes.
__attribute__((export_name("message"))) uint8_t *message_address(void) { return message; }

// Hashes the first `blocks` blocks of it; the eight words at the address returned are the digest.
__attribute__((export_name("hash"))) uint32_t *hash(uint32_t blocks) {
  if (blocks > MESSAGE_BYTES / BLOCK_BYTES) __builtin_trap();
  static const uint32_t start[WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (int i = 0; i < WORDS; i++) state[i] = start[i];
  for (uint32_t i = 0; i < blocks; i++) add_block((const uint32_t *)(message + i * BLOCK_BYTES));
  return state;
}
