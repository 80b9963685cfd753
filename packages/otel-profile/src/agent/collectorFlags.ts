// SPDX-License-Identifier: Apache-2.0
// Where samples go. No flag has a default here: it would outweigh variables and the file.

export const collectorFlags = {
  'collection-agent': {
    kind: 'string',
    placeholder: 'HOST:PORT',
    group: 'Collector',
    summary: 'the collector; http:// or https:// in front chooses TLS, /path an HTTP endpoint',
  },
  'disable-tls': {
    kind: 'boolean',
    negatable: true,
    group: 'Collector',
    summary: 'no TLS; the default for a collector on this host',
  },
  protocol: {
    kind: 'option',
    placeholder: 'PROTOCOL',
    values: ['grpc', 'http/protobuf'],
    group: 'Collector',
    summary: 'grpc (the default) or http/protobuf',
  },
  header: {
    kind: 'string',
    placeholder: 'NAME=VALUE',
    multiple: true,
    group: 'Collector',
    summary: 'send this header, for example a token; repeatable',
  },
  'ca-certificate': {
    kind: 'string',
    placeholder: 'FILE',
    completion: 'path',
    group: 'Collector',
    summary: "trust the authorities in this PEM file instead of the system's",
  },
  'client-certificate': {
    kind: 'string',
    placeholder: 'FILE',
    completion: 'path',
    group: 'Collector',
    summary: 'show this certificate (PEM) to the collector',
  },
  'client-key': {
    kind: 'string',
    placeholder: 'FILE',
    completion: 'path',
    group: 'Collector',
    summary: 'the key of --client-certificate (PEM)',
  },
  compression: {
    kind: 'option',
    placeholder: 'HOW',
    values: ['gzip', 'none'],
    group: 'Collector',
    summary: 'gzip (the default) or none',
  },
  'reporter-interval': {
    kind: 'string',
    placeholder: 'TIME',
    group: 'Collector',
    summary: 'time between two reports; the default is 5s',
  },
  'reporter-jitter': {
    kind: 'string',
    placeholder: 'SHARE',
    group: 'Collector',
    summary: 'part of the interval that varies by chance, 0 to 1; the default is 0.2',
  },
  'spill-folder': {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    group: 'Collector',
    summary: 'keep reports here while the collector is away; off disables it',
  },
  'spill-size': {
    kind: 'integer',
    placeholder: 'MB',
    min: 1,
    max: 1_048_576,
    group: 'Collector',
    summary: 'at most so much in that folder; the default is 256',
  },
  'env-vars': {
    kind: 'string',
    placeholder: 'NAMES',
    group: 'Collector',
    summary: 'variables of programs to send as process.environment_variable.NAME, by commas',
  },
} as const;
