// SPDX-License-Identifier: Apache-2.0
// Just enough of protobuf to read an ExportTraceServiceRequest (opentelemetry-proto, trace/v1).

export interface ReceivedSpan {
  readonly name: string;
  /** Resource attributes that are strings. */
  readonly resource: Readonly<Record<string, string>>;
}

/** Field number to its length-delimited values; numbers are passed over. */
function fieldsOf(message: Buffer): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const wireType = tag & 7;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType !== 2) throw new Error(`wire type ${wireType} at ${at}`);
    if (wireType !== 2) continue;
    const length = varint();
    const value = message.subarray(at, at + length);
    at += length;
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
}

export function spansOfProtobuf(request: Buffer): ReceivedSpan[] {
  return (fieldsOf(request).get(1) ?? []).flatMap((resourceSpans) => {
    const parts = fieldsOf(resourceSpans);
    const attributes = fieldsOf(parts.get(1)?.[0] ?? Buffer.alloc(0)).get(1) ?? [];
    const resource = Object.fromEntries(attributes.map(stringAttribute));
    const spans = (parts.get(2) ?? []).flatMap((scope) => fieldsOf(scope).get(2) ?? []);
    return spans.map((span) => ({ name: `${fieldsOf(span).get(5)?.[0]}`, resource }));
  });
}

function stringAttribute(keyValue: Buffer): [string, string] {
  const fields = fieldsOf(keyValue);
  const value = fieldsOf(fields.get(2)?.[0] ?? Buffer.alloc(0)).get(1)?.[0];
  return [`${fields.get(1)?.[0]}`, value?.toString('utf8') ?? ''];
}

interface JsonSpans {
  readonly resourceSpans?: readonly {
    readonly resource: {
      readonly attributes: readonly { key: string; value: { stringValue?: string } }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[];
  }[];
}

/** The same of OTLP/JSON, as the Collector sends it on. */
export function spansOfJson(text: string): ReceivedSpan[] {
  return ((JSON.parse(text) as JsonSpans).resourceSpans ?? []).flatMap((one) => {
    const { attributes } = one.resource;
    const pairs = attributes.map(({ key, value }) => [key, value.stringValue ?? '']);
    const resource = Object.fromEntries(pairs);
    const spans = one.scopeSpans.flatMap((scope) => scope.spans);
    return spans.map(({ name }) => ({ name, resource }));
  });
}
