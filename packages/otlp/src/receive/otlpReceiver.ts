// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Http2ServerRequest,
  Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { OtlpSink } from './exportService.ts';
import { isGrpc, serveGrpc } from './grpcService.ts';
import { type AnyRequest, type AnyResponse, otlpSignalOf, serveOtlpHttp } from './httpService.ts';
import { PortListener } from './portListener.ts';
import { RequestRoom } from './requestBody.ts';

export interface OtlpReceiverOptions {
  readonly sink: OtlpSink;
  /** Every other HTTP request to this port. */
  readonly onRequest: (request: AnyRequest, response: AnyResponse) => void;
  /** Whether these headers may send data; everybody may where it is left out. */
  readonly isAllowed?: (headers: AnyRequest['headers']) => boolean;
}

/** Node passes the headers as they came too, which its types leave out. */
type OnStream = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
) => void;

/** Takes OTLP over gRPC and HTTP on one port. */
export class OtlpReceiver {
  readonly #listener = new PortListener();
  readonly #room = new RequestRoom();

  constructor({ sink, onRequest, isAllowed = () => true }: OtlpReceiverOptions) {
    const options = { sink, room: this.#room, isAllowed };
    const serve = (request: AnyRequest, response: AnyResponse): void => {
      const signal = otlpSignalOf(request.url);
      if (signal === undefined) onRequest(request, response);
      else void serveOtlpHttp(signal, request, response, options);
    };
    const { http1, http2 } = this.#listener;
    http1.on('request', (request: IncomingMessage, response: ServerResponse) =>
      serve(request, response),
    );
    const onStream: OnStream = (stream, headers, _flags, rawHeaders) => {
      if (isGrpc(headers)) {
        void serveGrpc(stream, headers, options);
        return;
      }
      // Node's own objects for the manner of HTTP/1.1. Its 'request' event would make them for gRPC
      // calls too, and send their trailers.
      const request = new Http2ServerRequest(stream, headers, {}, rawHeaders);
      serve(request, new Http2ServerResponse(stream));
    };
    http2.on('stream', onStream as () => void);
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Bytes of requests that are under way. */
  get bytesInFlight(): number {
    return this.#room.bytesInFlight;
  }

  listen(host: string, port: number): Promise<void> {
    return this.#listener.listen(host, port);
  }

  close(): Promise<void> {
    return this.#listener.close();
  }
}
