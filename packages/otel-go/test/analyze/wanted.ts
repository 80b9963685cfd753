// SPDX-License-Identifier: Apache-2.0
import type { WantedParts } from '../../src/analyze/index.ts';

/** What the small program of programs.ts has, and things that it does not have. */
export const SMALL_WANTED: WantedParts = {
  functions: [
    'main.main',
    'main.fail',
    'main.(*failure).Error',
    'bufio.(*Writer).Flush',
    'net/url.(*URL).String',
    'runtime.newproc1',
    'net/http.(*Transport).roundTrip',
  ],
  structs: {
    'bufio.Writer': ['buf', 'n', 'wr', 'nowhere'],
    'net/url.URL': ['Scheme', 'Host', 'Path', 'RawQuery'],
    'runtime.g': ['goid', 'm', '_panic'],
    'runtime.m': ['p', 'curg'],
    'net/http.Request': ['Method'],
  },
  interfaces: ['error'],
};

export const SERVER_WANTED: WantedParts = {
  functions: [
    'net/http.serverHandler.ServeHTTP',
    'net/http.(*response).finishRequest',
    'net/http.(*Transport).roundTrip',
    'net/http.(*conn).serve.func1',
    'database/sql.(*DB).queryDC',
    'database/sql.(*DB).execDC',
  ],
  structs: {
    'runtime.g': ['goid', 'parentGoid'],
    'net/http.Request': ['Method', 'URL', 'Header', 'Host', 'RemoteAddr', 'ctx', 'pat', 'Pattern'],
    'net/http.response': ['status', 'req', 'written', 'conn'],
    'net/http.Response': ['StatusCode', 'ContentLength'],
    'net/http.persistConn': ['conn'],
    'net/http.pattern': ['str'],
    'net/url.URL': ['Scheme', 'Host', 'Path', 'RawQuery'],
    'database/sql.DB': ['connector'],
    'database/sql.dsnConnector': ['dsn', 'driver'],
    'net.netFD': ['pfd', 'family'],
    'internal/poll.FD': ['Sysfd'],
  },
  interfaces: ['error', 'net.Conn', 'database/sql/driver.Connector'],
};
