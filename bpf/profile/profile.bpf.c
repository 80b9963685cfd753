// SPDX-License-Identifier: GPL-2.0-only
// The profiler's programs. Layouts: docs/profile-internals.md.
#include "probe.h"
#include "sample.h"
#include "switch.h"

char licence[] SEC("license") = "GPL";
