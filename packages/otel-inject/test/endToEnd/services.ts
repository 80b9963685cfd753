// SPDX-License-Identifier: Apache-2.0
// Small HTTP services as a person would write them, without a word about OpenTelemetry.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Service {
  readonly argv: readonly string[];
  /** Part of the name of a span that a request must give. */
  readonly spanName: string;
  /** `telemetry.sdk.language` of that span. */
  readonly language: string;
}

const JAVA = `
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
public class ShopJava {
  public static void main(String[] args) throws Exception {
    var server = HttpServer.create(
        new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, 2);
      try (var body = exchange.getResponseBody()) { body.write("ok".getBytes()); }
    });
    server.start();
  }
}
`;
const NODE = `
require('http').createServer((_, response) => response.end('ok'))
  .listen(Number(process.argv[2]), '127.0.0.1');
`;
/** No framework: what is instrumented is the request that it makes in turn. */
const PYTHON = `
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port = int(sys.argv[1])

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/inner":
            urllib.request.urlopen(f"http://127.0.0.1:{port}/inner").read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass

ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
`;

/** @returns undefined where the JDK is missing */
export function javaService(directory: string): Service | undefined {
  writeFileSync(join(directory, 'ShopJava.java'), JAVA);
  const compiled = spawnSync('javac', ['-d', directory, join(directory, 'ShopJava.java')]);
  if (compiled.error !== undefined || compiled.status !== 0) return undefined;
  return { argv: ['java', '-cp', directory, 'ShopJava'], spanName: 'GET', language: 'java' };
}

export function nodeService(directory: string): Service {
  const path = join(directory, 'shop-node.js');
  writeFileSync(path, NODE);
  return { argv: [process.execPath, path], spanName: 'GET', language: 'nodejs' };
}

export function pythonService(directory: string): Service {
  const path = join(directory, 'shop_python.py');
  writeFileSync(path, PYTHON);
  return { argv: ['python3', path], spanName: 'GET', language: 'python' };
}
