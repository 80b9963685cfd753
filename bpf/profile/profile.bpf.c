// SPDX-License-Identifier: GPL-2.0-only
// The profiler's programs. Layouts: docs/profile-internals.md.
#include "sample.h"

char licence[] SEC("license") = "GPL";
