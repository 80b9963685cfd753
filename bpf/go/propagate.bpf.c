// SPDX-License-Identifier: GPL-2.0-only
// Outbound trace context: docs/go-propagation.md. An object of its own, so that a kernel that
// refuses it still lets spans be made.
#include "propagate_arm.h"
#include "propagate_message.h"
#include "propagate_sockets.h"
#include "propagate_write.h"

SEC("license") char licence[] = "GPL";
