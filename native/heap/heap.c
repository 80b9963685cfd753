// SPDX-License-Identifier: Apache-2.0
// Loaded by Node as an addon, for one call: glibc's allocator shall give large blocks back. By its own
// rule (mallopt(3), M_MMAP_THRESHOLD) the first one that is freed raises the size from which blocks
// are mapped by themselves, up to 32 MB, and twice that much stays at the top of each arena.

// glibc alone has it; musl maps large blocks by themselves anyhow.
__attribute__((weak)) int mallopt(int parameter, int value);

enum { M_TRIM_THRESHOLD = -1, M_MMAP_THRESHOLD = -3, M_ARENA_MAX = -8 };

// Node-API (nodejs.org/api/n-api.html): called once when the addon is loaded; what it returns is
// what the module exports.
__attribute__((visibility("default"))) void *napi_register_module_v1(void *env, void *exports) {
  (void)env;
  if (mallopt) {
    mallopt(M_MMAP_THRESHOLD, 131072);
    mallopt(M_TRIM_THRESHOLD, 131072);
    mallopt(M_ARENA_MAX, 2);
  }
  return exports;
}
