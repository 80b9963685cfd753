// SPDX-License-Identifier: GPL-2.0-only
// Clients of databases and queues whose calls begin and end in one function.
#pragma once
#include "span.h"

#define DETAIL_PGX 4
#define MAX_BATCH_NAMES 16

enum redis_detail { REDIS_PIPELINE = 1, REDIS_MULTI };

#define STACK_ARGUMENTS(regs) ((regs)->sp + 8)  // behind the return address; arm64 has as much

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

INLINE void redis_address(struct site *s, struct span_texts *t, u64 client) {
  u64 options = field_word(s->config, REDIS_CLIENT_OPT, client);
  if (options) add_field(t, TEXT_HOST, s->config, REDIS_OPTIONS_ADDR, options, 256);
}

/** The name of a command: commands embed baseCmd, whose args are []any, the name a string. */
INLINE void redis_name(struct site *s, u64 command, struct go_string *to) {
  struct go_string args = {0};
  struct go_interface first = {0};
  if (read_field(s->config, REDIS_CMD_ARGS, command, &args, sizeof(args)) || !args.bytes) return;
  if (read_user(&first, sizeof(first), (void *)args.at)) return;
  read_user(to, sizeof(*to), (void *)first.data);
}

/** go-redis's (*baseClient).process(c; ctx, cmd Cmder). */
SEC("kprobe")
int redis_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 command = ARG_4(regs), client = ARG_0(regs);
  struct span_key key = {s.goid, s.tgid, KIND_REDIS};
  struct open_span *span = begin_call(&s, &key, ARG_2(regs), regs->sp);
  if (!span) return 0;
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  struct go_string name = {0};
  redis_name(&s, command, &name);
  add_text(t, TEXT_COMMAND, &name, 64);
  redis_address(&s, t, client);
  return 0;
}

/** Whether the first command is MULTI, whose name the library writes in lower case. */
INLINE int begins_with_multi(struct site *s, u64 commands) {
  struct go_interface first = {0};
  struct go_string name = {0};
  u64 word = 0;
  if (read_user(&first, sizeof(first), (void *)commands)) return 0;
  redis_name(s, first.data, &name);
  if (name.bytes != 5 || read_user(&word, 5, (void *)name.at)) return 0;
  return word == WORD('m', 'u', 'l', 't', 'i', 0, 0, 0);
}

/** (*baseClient).processPipeline and processTxPipeline(c; ctx, cmds []Cmder); the variant is the detail.
    Version 8 has both in generalProcessPipeline(c; ctx, cmds, p), whose variant is 0. */
SEC("kprobe")
int redis_batch_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 commands = ARG_3(regs), number = ARG_4(regs), client = ARG_0(regs);
  u8 detail = s.variant;
  if (!detail) detail = begins_with_multi(&s, commands) ? REDIS_MULTI : REDIS_PIPELINE;
  // MULTI and EXEC stand around those of a transaction.
  if (detail == REDIS_MULTI && number > 2) {
    commands += sizeof(struct go_interface);
    number -= 2;
  }
  struct span_key key = {s.goid, s.tgid, KIND_REDIS};
  struct open_span *span = begin_call(&s, &key, ARG_2(regs), regs->sp);
  if (!span) return 0;
  span->detail = detail;
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  t->record.type_a = number;
  struct go_string name = {0}, other = {0};
  // All of one name or none: it is the library's own text, so the same place says the same.
  for (u32 i = 0; i < MAX_BATCH_NAMES && i < number; i++) {
    struct go_interface command = {0};
    if (read_user(&command, sizeof(command), (void *)(commands + i * sizeof(command)))) break;
    redis_name(&s, command.data, i ? &other : &name);
    if (i && (other.at != name.at || other.bytes != name.bytes)) name.bytes = 0;
  }
  if (number <= MAX_BATCH_NAMES) add_text(t, TEXT_COMMAND, &name, 64);
  redis_address(&s, t, client);
  return 0;
}

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

#define NIL_REPLY_BYTES 10

/** `redis: nil`, of the type string, is a reply that says that there is no such key. */
INLINE int is_nil_reply(u64 error_data) {
  struct go_string text = {0};
  u64 begin = 0;
  if (read_user(&text, sizeof(text), (void *)error_data) || text.bytes != NIL_REPLY_BYTES) return 0;
  if (read_user(&begin, sizeof(begin), (void *)text.at)) return 0;
  return begin == WORD('r', 'e', 'd', 'i', 's', ':', ' ', 'n');
}

/** A RET: the variant is the kind, and how many words come before the error: 0, 2 or 3. */
SEC("kprobe")
int call_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 first = ARG_0(regs), second = ARG_1(regs), third = ARG_2(regs), fourth = ARG_3(regs);
  OPAQUE(first);
  OPAQUE(third);
  OPAQUE(fourth);
  u64 error = s.variant >> 4 == 0 ? first : s.variant >> 4 == 1 ? third : fourth;
  if (error && (s.variant & 15) == KIND_REDIS && is_nil_reply(second)) error = 0;
  struct span_key key = {s.goid, s.tgid, s.variant & 15};
  struct open_span *span = map_lookup(&active, &key);
  if (!span || (key.kind == KIND_SQL && !(span->detail & DETAIL_PGX))) return 0;
  if (span->object != call_depth(&s, regs->sp)) return 0;
  finish_call(&s, &key, span, error, 0, TEXT_COMMAND);
  return 0;
}
