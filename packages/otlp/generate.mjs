// SPDX-License-Identifier: Apache-2.0
// proto/**/*.proto → src/messages/*.ts: `node packages/otlp/generate.mjs`. Reads the subset of the
// language that our files use; a test compares the tables with the files and with the Go types.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('.', import.meta.url));
const PROTO = join(PACKAGE, 'proto');
const MESSAGES = join(PACKAGE, 'src/messages');

const WORDS = /\/\/[^\n]*|"[^"]*"|[A-Za-z_][\w.]*|\d+|[{}=;()]/g;
const TYPE_OF = {
  bool: 'boolean',
  bytes: 'Uint8Array',
  double: 'number',
  enum: 'number',
  fixed32: 'number',
  fixed64: 'bigint',
  int32: 'number',
  int64: 'bigint',
  sfixed64: 'bigint',
  sint32: 'number',
  string: 'string',
  uint32: 'number',
  uint64: 'bigint',
};
const COLUMN_OF = {
  double: 'Float64Array',
  fixed64: 'BigUint64Array',
  uint64: 'BigUint64Array',
  int64: 'BigInt64Array',
  int32: 'Int32Array',
};

/**
 * Messages and enumerations of one file, by their name within the package (`Span.Event`).
 * @returns {{ package: string, messages: Map<string, { comment: string[], fields: any[] }>, enums: Map<string, Map<string, number>> }}
 */
function parseProto(text) {
  const words = text.match(WORDS) ?? [];
  const file = { package: '', messages: new Map(), enums: new Map() };
  let at = 0;
  let comment = [];
  const next = () => words[at++];

  function skipComments() {
    comment = [];
    while (words[at]?.startsWith('//')) comment.push(next().slice(2).trim());
  }
  // Each of these begins behind its keyword.
  function enumeration(prefix) {
    const name = prefix + next();
    const values = new Map();
    next();
    for (skipComments(); words[at] !== '}'; skipComments()) {
      const key = next();
      next();
      values.set(key, Number(next()));
      next();
    }
    next();
    file.enums.set(name, values);
  }
  function oneof(message) {
    const name = next();
    next();
    while (words[at] !== '}') field(message, name);
    next();
  }
  function field(message, oneof) {
    const word = next();
    const isList = word === 'repeated';
    const isOptional = word === 'optional';
    const type = isList || isOptional ? next() : word;
    const name = next();
    next();
    const number = Number(next());
    next();
    const shape = oneof ? `oneof ${oneof}` : isList ? 'list' : isOptional ? 'optional' : 'one';
    message.fields.push({ name, number, type, shape });
  }
  function message(prefix) {
    const body = { comment, fields: [] };
    const name = prefix + next();
    file.messages.set(name, body);
    next();
    for (skipComments(); words[at] !== '}'; skipComments()) {
      if (words[at] === 'message') next() && message(`${name}.`);
      else if (words[at] === 'enum') next() && enumeration(`${name}.`);
      else if (words[at] === 'oneof') next() && oneof(body);
      else field(body);
    }
    next();
  }
  function service() {
    while (!(words[at] === '}' && words[at - 1] === '}')) next();
    next();
  }

  for (skipComments(); at < words.length; skipComments()) {
    const word = next();
    if (word === 'message') message('');
    else if (word === 'enum') enumeration('');
    else if (word === 'service') service();
    else {
      if (word === 'package') file.package = next();
      while (next() !== ';');
    }
  }
  return file;
}

/** Every file below proto/, by its path. */
function readProtos() {
  const paths = readdirSync(PROTO, { recursive: true }).filter((path) => path.endsWith('.proto'));
  return new Map(
    paths.sort().map((path) => [path, parseProto(readFileSync(join(PROTO, path), 'utf8'))]),
  );
}

/** `profiles_service.proto` → `profilesService`. */
function moduleOf(path) {
  return basename(path, '.proto').replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

function camelCase(name) {
  return name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

/** `Span.Event` → `OtlpSpanEvent`, OTLP_SPAN_EVENT. */
function interfaceOf(name) {
  return `Otlp${name.replaceAll('.', '')}`;
}

function constantOf(name) {
  return interfaceOf(name)
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase();
}

/** What a field's type is: a scalar, or a message in some file. */
function resolve(protos, file, owner, type) {
  if (TYPE_OF[type]) return { kind: type };
  const scopes = [owner, ...owner.split('.').slice(0, -1), ''].map((s) =>
    s ? `${s}.${type}` : type,
  );
  for (const name of scopes) {
    if (file.enums.has(name)) return { kind: 'enum' };
    if (file.messages.has(name)) return { kind: 'message', name, file };
  }
  for (const [path, other] of protos) {
    const name = type.slice(other.package.length + 1);
    if (type.startsWith(`${other.package}.`) && other.messages.has(name))
      return { kind: 'message', name, file: other, module: moduleOf(path) };
  }
  throw new Error(`${owner}: unknown type ${type}`);
}

function typeText(found, shape) {
  const single = found.kind === 'message' ? interfaceOf(found.name) : TYPE_OF[found.kind];
  if (shape === 'list') return COLUMN_OF[found.kind] ?? `${single}[]`;
  const mayBeMissing = shape !== 'one' || found.kind === 'message';
  return mayBeMissing ? `${single} | undefined` : single;
}

function moduleText(protos, path, file) {
  const imports = new Map();
  const parts = [];
  for (const values of file.enums.values()) {
    const prefix = `${[...values.keys()][0].replace(/_(UNSPECIFIED|UNSET)$/, '')}_`;
    const members = [...values].map(([key, value]) => `${key.replace(prefix, '')}: ${value},`);
    parts.push(`export const ${prefix.slice(0, -1)} = { ${members.join(' ')} } as const;`);
  }
  for (const [name, { comment, fields }] of file.messages) {
    const lines = [];
    const rows = [];
    for (const field of fields) {
      const found = resolve(protos, file, name, field.type);
      if (found.module) imports.set(`${found.module} ${found.name}`, found);
      const key = camelCase(field.name);
      lines.push(`  ${key}: ${typeText(found, field.shape)};`);
      const kind = found.kind === 'message' ? `() => ${constantOf(found.name)}` : `'${found.kind}'`;
      rows.push(`['${key}', ${field.number}, ${kind}, '${field.shape}'],`);
    }
    const text = comment.length === 0 ? '' : `/** ${comment.join(' ')} */\n`;
    const full = `${file.package}.${name}`;
    parts.push(`${text}export interface ${interfaceOf(name)} {\n${lines.join('\n')}\n}`);
    parts.push(
      `export const ${constantOf(name)}: MessageType<${interfaceOf(name)}> = { name: '${full}', fields: [${rows.join('\n')}] };`,
    );
  }
  const header = [
    '// SPDX-License-Identifier: Apache-2.0',
    `// Made from proto/${path} by generate.mjs: change that file, not this one.`,
    "import type { MessageType } from './messageType.ts';",
  ];
  for (const { module, name } of imports.values())
    header.push(`import { ${constantOf(name)}, type ${interfaceOf(name)} } from './${module}.ts';`);
  return `${header.join('\n')}\n\n${parts.join('\n\n')}\n`;
}

/** All messages as JSON, for the test: full name → field → [number, kind, shape]. */
function print() {
  const protos = readProtos();
  const messages = {};
  for (const file of protos.values()) {
    for (const [name, { fields }] of file.messages) {
      const table = {};
      for (const field of fields) {
        const { kind, name: of, file: home } = resolve(protos, file, name, field.type);
        const type = kind === 'message' ? `${home.package}.${of}` : kind;
        table[field.name] = [field.number, type, field.shape];
      }
      messages[`${file.package}.${name}`] = table;
    }
  }
  console.log(JSON.stringify(messages));
}

function generate() {
  const protos = readProtos();
  for (const [path, file] of protos)
    writeFileSync(join(MESSAGES, `${moduleOf(path)}.ts`), moduleText(protos, path, file));
  const biome = join(PACKAGE, '../../node_modules/.bin/biome');
  const run = spawnSync(biome, ['check', '--write', MESSAGES], { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
}

if (process.argv[2] === '--print') print();
else generate();
