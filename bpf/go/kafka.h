// SPDX-License-Identifier: GPL-2.0-only
// Kafka: segmentio/kafka-go and IBM/sarama.
#pragma once
#include "calls.h"

enum kafka_detail { DETAIL_PROCESS = 1, DETAIL_RECEIVE = 2 };

#define MAX_MESSAGE_HEADERS 16
#define MAX_SENT 1024

struct go_slice {
  u64 at, count, capacity;
};

/** A header's key and value begin with address and length in either library. */
struct message_header {
  u64 key, key_bytes, value, value_bytes;
};

INLINE int is_traceparent(u64 key, u64 bytes) {
  u64 begin = 0;
  if (bytes != 11 || read_user(&begin, sizeof(begin), (void *)key)) return 0;
  return lower(begin) == WORD('t', 'r', 'a', 'c', 'e', 'p', 'a', 'r');
}

/** kafka-go: []struct{Key string; Value []byte}. */
GLOBAL_FUNCTION int find_in_headers(u64 at, u64 count, struct trace_parent *to) {
  struct message_header h = {0};
  if (!to) return 0;
  for (u32 i = 0; i < MAX_MESSAGE_HEADERS && i < count; i++) {
    if (read_user(&h, sizeof(h), (void *)(at + i * 40))) return 0;
    if (is_traceparent(h.key, h.key_bytes)) return parse_traceparent(h.value, h.value_bytes, to);
  }
  return 0;
}

/** sarama: of what is sent []RecordHeader, of what came []*RecordHeader; Key and Value are []byte. */
GLOBAL_FUNCTION int find_in_records(u64 at, u64 count, u32 are_pointers, struct trace_parent *to) {
  struct go_slice key = {0}, value = {0};
  if (!to) return 0;
  for (u32 i = 0; i < MAX_MESSAGE_HEADERS && i < count; i++) {
    u64 record = at + i * 48;
    if (are_pointers && read_user(&record, sizeof(record), (void *)(at + i * 8))) return 0;
    if (read_user(&key, sizeof(key), (void *)record)) return 0;
    if (!is_traceparent(key.at, key.count)) continue;
    if (read_user(&value, sizeof(value), (void *)(record + sizeof(key)))) return 0;
    return parse_traceparent(value.at, value.count, to);
  }
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

INLINE void end_kafka(struct site *s, struct span_key *key, u64 error) {
  struct open_span *span = map_lookup(&active, key);
  if (span) finish_call(s, key, span, error, 0, TEXT_DESTINATION);
}

/** kafka-go's (*Reader).FetchMessage(r; ctx): whoever asks for the next message is done with the last. */
SEC("kprobe")
int kafka_read_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct span_key key = {s.goid, s.tgid, KIND_KAFKA_CONSUMER};
  end_kafka(&s, &key, 0);
  return 0;
}

/** Its RET: (Message, error), of which the message is on the stack. */
SEC("kprobe")
int kafka_read_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s) || ARG_0(regs)) return 0;
  const struct go_config *c = s.config;
  u64 message = STACK_ARGUMENTS(regs);
  struct span_key key = {s.goid, s.tgid, KIND_HTTP_SERVER};
  // Within a request the message is that request's work, which ends by itself.
  if (map_lookup(&active, &key)) return 0;
  key.kind = KIND_GRPC_SERVER;
  if (map_lookup(&active, &key)) return 0;
  key.kind = KIND_KAFKA_CONSUMER;
  struct trace_parent header = {0};
  struct parent parent = {0};
  struct go_slice headers = {0};
  if (!read_field(c, KAFKA_MESSAGE_HEADERS, message, &headers, sizeof(headers)))
    find_in_headers(headers.at, headers.count, &header);
  if (header.valid) take_header(&header, &parent, 1);
  struct open_span *span = begin_span(&s, &key, &parent);
  if (!span) return 0;
  span->detail = DETAIL_PROCESS;
  mark_goroutines(&s, span);
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  t->record.type_a = field_word(c, KAFKA_MESSAGE_PARTITION, message);
  t->record.type_b = field_word(c, KAFKA_MESSAGE_OFFSET, message);
  add_field(t, TEXT_DESTINATION, c, KAFKA_MESSAGE_TOPIC, message, 256);
  return 0;
}

/** sarama's (*syncProducer).SendMessage(p; msg) and SendMessages(p; msgs), whose variant is 1. */
SEC("kprobe")
int sarama_send_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 message = ARG_1(regs), number = 1, second = ARG_2(regs);
  if (s.variant) {
    number = second;
    if (!number || read_user(&message, sizeof(message), (void *)message)) return 0;
  }
  struct span_key key = {s.goid, s.tgid, KIND_KAFKA_PRODUCER};
  struct open_span *span = begin_call(&s, &key, 0, regs->sp);
  if (!span) return 0;
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  t->record.type_a = number;
  add_field(t, TEXT_DESTINATION, s.config, SARAMA_SENT_TOPIC, message, 256);
  return 0;
}

/** sarama's (*topicProducer).partitionMessage(p; msg): a message of an AsyncProducer is on its way. Who
    sent it is told by its headers only. */
SEC("kprobe")
int sarama_async_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  const struct go_config *c = s.config;
  u64 message = ARG_1(regs);
  // A SyncProducer waits for it, and has a span.
  if (field_word(c, SARAMA_SENT_EXPECTATION, message)) return 0;
  struct span_key key = {message, s.tgid, KIND_KAFKA_PRODUCER};
  if (map_lookup(&active, &key)) return 0;  // It is tried again.
  struct trace_parent header = {0};
  struct parent parent = {0};
  struct go_slice headers = {0};
  if (!read_field(c, SARAMA_SENT_HEADERS, message, &headers, sizeof(headers)))
    find_in_records(headers.at, headers.count, 0, &header);
  if (header.valid) take_header(&header, &parent, 0);
  struct open_span *span = begin_span(&s, &key, &parent);
  if (!span) return 0;
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  t->record.type_a = 1;
  add_field(t, TEXT_DESTINATION, c, SARAMA_SENT_TOPIC, message, 256);
  return 0;
}

GLOBAL_FUNCTION int end_sent(u64 message, u64 error, u32 tgid, u32 tid) {
  struct site s = {.tgid = tgid, .tid = tid};
  struct span_key key = {message, tgid, KIND_KAFKA_PRODUCER};
  end_kafka(&s, &key, error);
  return 0;
}

enum sarama_ending { SENT, NOT_SENT, ONE_NOT_SENT };

/** sarama's (*asyncProducer).returnSuccesses(p; batch), returnErrors(p; batch, err), returnError(p; msg, err). */
SEC("kprobe")
int sarama_async_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 messages = ARG_1(regs), number = ARG_2(regs), error = ARG_4(regs);
  OPAQUE(number);
  OPAQUE(error);
  if (s.variant == ONE_NOT_SENT) {
    end_sent(messages, number, s.tgid, s.tid);
    return 0;
  }
  if (s.variant == SENT) error = 0;
  for (u32 i = 0; i < MAX_SENT && i < number; i++) {
    u64 message = 0;
    if (read_user(&message, sizeof(message), (void *)(messages + (u64)i * 8))) break;
    end_sent(message, error, s.tgid, s.tid);
  }
  return 0;
}

/** sarama's (*partitionConsumer).parseResponse(p; response): what is taken from a partition. */
SEC("kprobe")
int sarama_receive_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct span_key key = {s.goid, s.tgid, KIND_KAFKA_CONSUMER};
  struct parent parent = {0};
  struct open_span *span = begin_span(&s, &key, &parent);
  if (!span) return 0;
  span->detail = DETAIL_RECEIVE;
  span->object = ARG_0(regs);
  return 0;
}

/** One message is of the trace that its header tells; of many each may be of another. */
INLINE void join_message(struct site *s, struct open_span *span, u64 message) {
  u32 zero = 0;
  struct trace_parent header = {0};
  struct parent parent = {0};
  struct go_slice headers = {0};
  struct go_settings *set = map_lookup(&settings, &zero);
  if (read_field(s->config, SARAMA_TAKEN_HEADERS, message, &headers, sizeof(headers))) return;
  find_in_records(headers.at, headers.count, 1, &header);
  if (!header.valid || !set) return;
  take_header(&header, &parent, 1);
  span->trace_id[0] = header.trace_id[0];
  span->trace_id[1] = header.trace_id[1];
  span->parent_id = header.span_id;
  span->parent_by = BY_HEADER;
  span->flags = SPAN_REMOTE_PARENT | (sample(set, &parent, header.trace_id[1]) ? SPAN_SAMPLED : 0);
  span->trace_flags = (header.flags & ~1) | (span->flags & SPAN_SAMPLED);
}

/** Its RET: ([]*ConsumerMessage, error). */
SEC("kprobe")
int sarama_receive_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  const struct go_config *c = s.config;
  u64 messages = ARG_0(regs), number = ARG_1(regs), first = 0;
  struct span_key key = {s.goid, s.tgid, KIND_KAFKA_CONSUMER};
  struct open_span *span = map_lookup(&active, &key);
  if (!span || span->detail != DETAIL_RECEIVE) return 0;
  if (!number || read_user(&first, sizeof(first), (void *)messages)) {
    forget_span(&key, span);
    return 0;
  }
  if (number == 1) join_message(&s, span, first);
  struct span_texts *t = begin_texts(&key, span);
  if (t) {
    u32 partition = 0;
    t->record.type_a = number;
    read_field(c, SARAMA_TAKEN_PARTITION, first, &partition, sizeof(partition));
    t->record.type_b = partition;
    add_field(t, TEXT_DESTINATION, c, SARAMA_TAKEN_TOPIC, first, 256);
  }
  end_kafka(&s, &key, 0);
  return 0;
}
