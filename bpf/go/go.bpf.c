// SPDX-License-Identifier: GPL-2.0-only
// The programs of otel-go attach. Layouts: docs/go-internals.md.
#include "calls.h"
#include "capture.h"
#include "grpc_client.h"
#include "http_client.h"
#include "http_server.h"
#include "kafka.h"
#include "manual.h"
#include "routes.h"
#include "sql.h"

// Emits BTF of the enums that user space reads.
const volatile enum go_field field_names = GO_FIELDS;
const volatile enum go_counter counter_names = COUNT_HITS;

char licence[] SEC("license") = "GPL";
