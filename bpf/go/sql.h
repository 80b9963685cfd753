// SPDX-License-Identifier: GPL-2.0-only
// database/sql: (*DB).queryDC and execDC, which DB, Conn and Tx call, and prepared statements.
#pragma once
#include "span.h"

#define SQL_SHORT 512
#define SQL_LONG 2048

/** The driver is known by its connector's type; the data source name goes no further than its host. */
INLINE void sql_driver(struct site *s, struct span_texts *t, u64 db) {
  struct go_interface connector = {0}, driver = {0};
  if (read_field(s->config, SQL_DB_CONNECTOR, db, &connector, sizeof(connector))) return;
  t->record.type_a = connector.type;
  if (connector.data < 4096) return;
  read_field(s->config, SQL_DSN_CONNECTOR_DRIVER, connector.data, &driver, sizeof(driver));
  t->record.type_b = driver.type;
  add_field(t, TEXT_DSN, s->config, SQL_DSN_CONNECTOR_DSN, connector.data, 256);
}

INLINE int begin_sql(struct site *s, u64 context, u64 db, const struct go_string *text, u8 detail) {
  u32 zero = 0;
  struct span_key key = {s->goid, s->tgid, KIND_SQL};
  struct parent parent = {0};
  struct go_settings *set = map_lookup(&settings, &zero);
  find_parent(s, context, &parent);
  struct open_span *span = begin_span(s, &key, &parent);
  if (!span) return 0;
  span->detail = detail;
  struct span_texts *t = begin_texts(&key, span);
  if (!t || !set) return 0;
  if (set->flags & SETTING_DB_STATEMENT)
    add_text(t, TEXT_SQL, text, SQL_LONG);
  else
    add_text(t, TEXT_SQL, text, SQL_SHORT);
  sql_driver(s, t, db);
  return 0;
}

INLINE void end_sql(struct site *s, u64 error) {
  struct span_key key = {s->goid, s->tgid, KIND_SQL};
  struct open_span *span = map_lookup(&active, &key);
  if (!span) return;
  u8 flags = is_panicking(s) ? SPAN_ERROR | SPAN_PANIC : 0;
  finish_call(s, &key, span, error, flags, TEXT_SQL);
}

/** (*DB).queryDC(db; ctx, txctx, dc, releaseConn, query, args) */
SEC("kprobe")
int sql_query_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct go_string text = {ARG_7(regs), ARG_8(regs)};
  return begin_sql(&s, ARG_2(regs), ARG_0(regs), &text, DETAIL_QUERY);
}

/** (*DB).execDC(db; ctx, dc, release, query, args) */
SEC("kprobe")
int sql_exec_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct go_string text = {ARG_5(regs), ARG_6(regs)};
  return begin_sql(&s, ARG_2(regs), ARG_0(regs), &text, DETAIL_EXEC);
}

/** (*Stmt).QueryContext and ExecContext(s; ctx, args); the cookie's variant is the detail. */
SEC("kprobe")
int sql_stmt_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct go_string text = {0};
  u64 stmt = ARG_0(regs);
  read_field(s.config, SQL_STMT_QUERY, stmt, &text, sizeof(text));
  return begin_sql(&s, ARG_2(regs), field_word(s.config, SQL_STMT_DB, stmt), &text, s.variant);
}

/** (*Rows).initContextClose: a query has succeeded. */
SEC("kprobe")
int sql_query_success(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  end_sql(&s, 0);
  return 0;
}

/** At RET: the second result's type is in the second register, or behind an interface in the third. */
SEC("kprobe")
int sql_return(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 second = ARG_1(regs), third = ARG_2(regs);
  // A context is read at constant offsets only.
  OPAQUE(second);
  OPAQUE(third);
  end_sql(&s, s.variant == 2 ? third : second);
  return 0;
}

/** (*DB).execDC.func1, deferred: its closure holds the address of the error, at the variant. */
SEC("kprobe")
int sql_exec_deferred(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 at = 0, error = 0;
  if (read_user(&at, 8, (void *)(CLOSURE(regs) + s.variant))) return 0;
  if (at) read_user(&error, 8, (void *)at);
  end_sql(&s, error);
  return 0;
}
