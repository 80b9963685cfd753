// SPDX-License-Identifier: Apache-2.0
// What `collect`, `view` and the live page have in common.

export const listenFlags = {
  listen: {
    kind: 'string',
    placeholder: 'HOST:PORT',
    group: 'Page',
    summary: 'where the page and OTLP listen; the default is 127.0.0.1:11000',
  },
  token: {
    kind: 'string',
    placeholder: 'TEXT',
    group: 'Page',
    summary: 'what the page asks for; made up where other hosts can reach it and none is given',
  },
  name: {
    kind: 'string',
    placeholder: 'HOST',
    multiple: true,
    group: 'Page',
    summary: 'a host name by which the page is opened, beside addresses; repeatable',
  },
} as const;

export const storeFlags = {
  store: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    group: 'Store',
    summary: 'keep profiles here; off keeps them until the end only',
  },
  retention: {
    kind: 'string',
    placeholder: 'TIME',
    default: '24h',
    group: 'Store',
    summary: 'profiles older than this go',
  },
  'max-store': {
    kind: 'string',
    placeholder: 'SIZE',
    default: '500MB',
    group: 'Store',
    summary: 'the oldest profiles go when the store is larger',
  },
} as const;

export const openFlag = {
  open: {
    kind: 'boolean',
    negatable: true,
    group: 'Page',
    summary: 'open the page in a browser; the default where there is a desktop',
  },
} as const;
