// SPDX-License-Identifier: GPL-2.0-only
// Clients of databases and queues whose calls begin and end in one function.
#pragma once
#include "span.h"

#define DETAIL_PGX 4

// runtime.g begins with stack.lo and stack.hi.
#define G_STACK_HI 8

/** How deep on its stack a call is: the same at its entry and its RET, even if the stack has moved. */
INLINE u64 call_depth(struct site *s, u64 sp) {
  u64 high = 0;
  if (read_user(&high, sizeof(high), (void *)(s->goroutine + G_STACK_HI))) return 0;
  return high - sp;
}

/** A call of one goroutine. One that another call of its kind makes, as to set up a connection, is part
    of that. */
INLINE struct open_span *begin_call(struct site *s, struct span_key *key, u64 context, u64 sp) {
  struct parent parent = {0};
  struct open_span *open = map_lookup(&active, key);
  u64 depth = call_depth(s, sp);
  if (open && open->object < depth) return 0;
  find_parent(s, context, &parent);
  struct open_span *span = begin_span(s, key, &parent);
  if (span) span->object = depth;
  return span;
}

/** pgx's (*Conn).Query and Exec(c; ctx, sql, args); the variant is the detail. Not below database/sql. */
SEC("kprobe")
int pgx_begin(struct user_registers *regs) {
  struct site s = {0};
  u32 zero = 0;
  if (!enter(regs, &s)) return 0;
  const struct go_config *c = s.config;
  struct go_string text = {ARG_3(regs), ARG_4(regs)};
  u64 connection = ARG_0(regs);
  struct span_key key = {s.goid, s.tgid, KIND_SQL};
  struct open_span *outer = map_lookup(&active, &key);
  if (outer && !(outer->detail & DETAIL_PGX)) return 0;
  struct open_span *span = begin_call(&s, &key, ARG_2(regs), regs->sp);
  if (!span) return 0;
  span->detail = s.variant | DETAIL_PGX;
  struct span_texts *t = begin_texts(&key, span);
  struct go_settings *set = map_lookup(&settings, &zero);
  if (!t || !set) return 0;
  u32 longest = set->flags & SETTING_DB_STATEMENT ? 2048 : 512;
  if (longest == 2048)
    add_text(t, TEXT_SQL, &text, 2048);
  else
    add_text(t, TEXT_SQL, &text, 512);
  u64 config = field_word(c, PGX_CONN_CONFIG, connection);
  if (!config) return 0;
  add_field(t, TEXT_HOST, c, PGCONN_CONFIG_HOST, config, 256);
  add_field(t, TEXT_DESTINATION, c, PGCONN_CONFIG_DATABASE, config, 256);
  u16 port = 0;
  if (!read_field(c, PGCONN_CONFIG_PORT, config, &port, sizeof(port))) t->record.type_a = port;
  return 0;
}

/** go-redis's (*baseClient).process(c; ctx, cmd Cmder). Commands embed baseCmd, whose args are []any. */
SEC("kprobe")
int redis_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  const struct go_config *c = s.config;
  u64 command = ARG_4(regs), client = ARG_0(regs);
  struct span_key key = {s.goid, s.tgid, KIND_REDIS};
  struct open_span *span = begin_call(&s, &key, ARG_2(regs), regs->sp);
  if (!span) return 0;
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  struct go_string args = {0}, name = {0};
  struct go_interface first = {0};
  if (!read_field(c, REDIS_CMD_ARGS, command, &args, sizeof(args)) && args.bytes &&
      !read_user(&first, sizeof(first), (void *)args.at) &&
      !read_user(&name, sizeof(name), (void *)first.data))
    add_text(t, TEXT_COMMAND, &name, 64);
  u64 options = field_word(c, REDIS_CLIENT_OPT, client);
  if (options) add_field(t, TEXT_HOST, c, REDIS_OPTIONS_ADDR, options, 256);
  return 0;
}

/** kafka-go's (*Writer).WriteMessages(w; ctx, msgs …Message) */
SEC("kprobe")
int kafka_write_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  const struct go_config *c = s.config;
  u64 writer = ARG_0(regs), messages = ARG_3(regs);
  s64 number = (s64)ARG_4(regs);
  struct span_key key = {s.goid, s.tgid, KIND_KAFKA_PRODUCER};
  struct open_span *span = begin_call(&s, &key, ARG_2(regs), regs->sp);
  if (!span) return 0;
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  t->record.type_a = number;
  struct go_string topic = {0};
  read_field(c, KAFKA_WRITER_TOPIC, writer, &topic, sizeof(topic));
  if (!topic.bytes && number > 0)
    read_field(c, KAFKA_MESSAGE_TOPIC, messages, &topic, sizeof(topic));
  add_text(t, TEXT_DESTINATION, &topic, 256);
  return 0;
}

#define STACK_ARGUMENTS(regs) ((regs)->sp + 8)  // behind the return address; arm64 has as much

/** mongo-driver's Operation.Execute(op; ctx): the receiver is on the stack. */
SEC("kprobe")
int mongo_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  const struct go_config *c = s.config;
  u64 operation = STACK_ARGUMENTS(regs);
  struct span_key key = {s.goid, s.tgid, KIND_MONGODB};
  struct open_span *span = begin_call(&s, &key, ARG_1(regs), regs->sp);
  if (!span) return 0;
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  add_field(t, TEXT_COMMAND, c, MONGO_OPERATION_NAME, operation, 64);
  add_field(t, TEXT_DESTINATION, c, MONGO_OPERATION_DATABASE, operation, 256);
  return 0;
}

/** A RET: the variant is the kind, and which register the error is in. */
SEC("kprobe")
int call_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 first = ARG_0(regs), third = ARG_2(regs);
  OPAQUE(first);
  OPAQUE(third);
  u64 error = s.variant >> 4 ? third : first;
  struct span_key key = {s.goid, s.tgid, s.variant & 15};
  struct open_span *span = map_lookup(&active, &key);
  if (!span || (key.kind == KIND_SQL && !(span->detail & DETAIL_PGX))) return 0;
  if (span->object != call_depth(&s, regs->sp)) return 0;
  struct ending e = {.status = -1, .request_bytes = -1, .response_bytes = -1, .error_type = error};
  if (error) e.flags = SPAN_ERROR;
  struct span_texts *t = 0;
  if (span->flags & SPAN_SAMPLED) t = map_lookup(&texts, &key);
  if (t) {
    fill_record(&t->record, &s, &key, span, &e);
    send_texts(t);
  } else {
    struct go_string nothing = {0};
    send_small(&s, &key, span, &e, &nothing, &nothing, TEXT_COMMAND);
  }
  forget_span(&key, span);
  return 0;
}
