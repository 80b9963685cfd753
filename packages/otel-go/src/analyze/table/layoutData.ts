// SPDX-License-Identifier: Apache-2.0
// Made by native/go-offsets; do not edit.

/** JSON, see LayoutTable in lookUp.ts. */
export const LAYOUT_DATA: string =
  '{"modules":{"github.com/IBM/sarama":{"versions":[],"structs":{}},"github.com/gin-gonic/gin":' +
  '{"versions":[],"structs":{}},"github.com/go-chi/chi/v5":{"versions":[],"structs":{}},"github' +
  '.com/gorilla/mux":{"versions":[],"structs":{}},"github.com/jackc/pgx/v5":{"versions":[],"str' +
  'ucts":{}},"github.com/labstack/echo/v4":{"versions":[],"structs":{}},"github.com/redis/go-re' +
  'dis/v9":{"versions":[],"structs":{}},"github.com/segmentio/kafka-go":{"versions":[],"structs' +
  '":{}},"go.mongodb.org/mongo-driver":{"versions":[],"structs":{}},"go.mongodb.org/mongo-drive' +
  'r/v2":{"versions":[],"structs":{}},"go.opentelemetry.io/auto/sdk":{"versions":[],"structs":{' +
  '}},"go.opentelemetry.io/otel":{"versions":[],"structs":{}},"golang.org/x/net":{"versions":[]' +
  ',"structs":{}},"google.golang.org/grpc":{"versions":["v1.50.0","v1.50.1","v1.51.0","v1.52.0"' +
  ',"v1.52.3","v1.53.0","v1.54.0","v1.54.1","v1.55.0","v1.55.1"],"structs":{"google.golang.org/' +
  'grpc.ClientConn":{"layouts":["880 ctx:0 cancel:16 target:24 parsedTarget:40 authority:232 do' +
  'pts:248 channelzID:680 balancerWrapper:688 csMgr:696 blockingpicker:704 safeConfigSelector:7' +
  '12 czData:752 retryThrottler:760 firstResolveEvent:776 mu:784 resolverWrapper:808 sc:816 con' +
  'ns:824 mkp:832 lceMu:856 lastConnectionError:864","896 ctx:0 cancel:16 target:24 parsedTarge' +
  't:40 authority:232 dopts:248 channelzID:696 balancerWrapper:704 csMgr:712 blockingpicker:720' +
  ' safeConfigSelector:728 czData:768 retryThrottler:776 firstResolveEvent:792 mu:800 resolverW' +
  'rapper:824 sc:832 conns:840 mkp:848 lceMu:872 lastConnectionError:880","880 ctx:0 cancel:16 ' +
  'target:24 parsedTarget:40 authority:216 dopts:232 channelzID:680 balancerWrapper:688 csMgr:6' +
  '96 blockingpicker:704 safeConfigSelector:712 czData:752 retryThrottler:760 firstResolveEvent' +
  ':776 mu:784 resolverWrapper:808 sc:816 conns:824 mkp:832 lceMu:856 lastConnectionError:864"]' +
  ',"runs":[[0,0],[1,1],[5,2]]},"google.golang.org/grpc.Server":{"layouts":["456 opts:0 mu:304 ' +
  'lis:312 conns:320 serve:328 drain:329 cv:336 services:344 events:352 quit:368 done:376 chann' +
  'elzRemoveOnce:384 serveWG:400 channelzID:416 czData:424 serverWorkerChannels:432","472 opts:' +
  '0 mu:320 lis:328 conns:336 serve:344 drain:345 cv:352 services:360 events:368 quit:384 done:' +
  '392 channelzRemoveOnce:400 serveWG:416 channelzID:432 czData:440 serverWorkerChannels:448","' +
  '456 opts:0 mu:320 lis:328 conns:336 serve:344 drain:345 cv:352 services:360 events:368 quit:' +
  '384 done:392 channelzRemoveOnce:400 serveWG:416 channelzID:432 czData:440 serverWorkerChanne' +
  'l:448"],"runs":[[0,0],[1,1],[8,2]]},"google.golang.org/grpc.StreamDesc":{"layouts":["32 Stre' +
  'amName:0 Handler:16 ServerStreams:24 ClientStreams:25"],"runs":[[0,0]]},"google.golang.org/g' +
  'rpc.clientStream":{"layouts":["264 callHdr:0 opts:8 callInfo:32 cc:40 desc:48 codec:56 cp:72' +
  ' comp:88 cancel:104 sentLast:112 methodConfig:120 ctx:128 retryThrottler:144 binlog:152 serv' +
  'erHeaderBinlogged:168 mu:172 firstAttempt:180 numRetries:184 numRetriesSincePushback:192 fin' +
  'ished:200 attempt:208 committed:216 onCommit:224 buffer:232 bufferSize:256","272 callHdr:0 o' +
  'pts:8 callInfo:32 cc:40 desc:48 codec:56 cp:72 comp:88 cancel:104 sentLast:112 methodConfig:' +
  '120 ctx:128 retryThrottler:144 binlogs:152 serverHeaderBinlogged:176 mu:180 firstAttempt:188' +
  ' numRetries:192 numRetriesSincePushback:200 finished:208 attempt:216 committed:224 onCommit:' +
  '232 buffer:240 bufferSize:264"],"runs":[[0,0],[1,1]]},"google.golang.org/grpc.csAttempt":{"l' +
  'ayouts":["184 ctx:0 cs:16 t:24 s:40 p:48 done:56 finished:64 dc:72 decomp:88 decompSet:104 m' +
  'u:108 trInfo:120 statsHandlers:128 beginTime:152 allowTransparentRetry:176 drop:177","208 ct' +
  'x:0 cs:16 t:24 s:40 p:48 pickResult:56 finished:88 dc:96 decomp:112 decompSet:128 mu:132 trI' +
  'nfo:144 statsHandlers:152 beginTime:176 allowTransparentRetry:200 drop:201"],"runs":[[0,0],[' +
  '5,1]]},"google.golang.org/grpc.serverStream":{"layouts":["208 ctx:0 t:16 s:32 p:40 codec:48 ' +
  'cp:64 dc:80 comp:96 decomp:112 maxReceiveMessageSize:128 maxSendMessageSize:136 trInfo:144 s' +
  'tatsHandler:152 binlog:176 serverHeaderBinlogged:192 mu:196","216 ctx:0 t:16 s:32 p:40 codec' +
  ':48 cp:64 dc:80 comp:96 decomp:112 maxReceiveMessageSize:128 maxSendMessageSize:136 trInfo:1' +
  '44 statsHandler:152 binlogs:176 serverHeaderBinlogged:200 mu:204","232 ctx:0 t:16 s:32 p:40 ' +
  'codec:48 cp:64 dc:80 comp:96 decomp:112 sendCompressorName:128 maxReceiveMessageSize:144 max' +
  'SendMessageSize:152 trInfo:160 statsHandler:168 binlogs:192 serverHeaderBinlogged:216 mu:220' +
  '"],"runs":[[0,0],[1,1],[6,2]]},"google.golang.org/grpc/internal/status.Error":{"layouts":["8' +
  ' s:0"],"runs":[[0,0]]},"google.golang.org/grpc/internal/status.Status":{"layouts":["8 s:0"],' +
  '"runs":[[0,0]]},"google.golang.org/grpc/internal/transport.CallHdr":{"layouts":["96 Host:0 M' +
  'ethod:16 SendCompress:32 Creds:48 ContentSubtype:64 PreviousAttempts:80 DoneFunc:88"],"runs"' +
  ':[[0,0]]},"google.golang.org/grpc/internal/transport.Stream":{"layouts":["264 id:0 st:8 ct:2' +
  '4 ctx:32 cancel:48 done:56 doneFunc:64 ctxDone:72 method:80 recvCompress:96 sendCompress:112' +
  ' buf:128 trReader:136 fc:152 wq:160 requestRead:168 headerChan:176 headerChanClosed:184 head' +
  'erValid:188 hdrMu:192 header:200 trailer:208 noHeaders:216 headerSent:220 state:224 status:2' +
  '32 bytesReceived:240 unprocessed:244 contentSubtype:248","280 id:0 st:8 ct:24 ctx:32 cancel:' +
  '48 done:56 doneFunc:64 ctxDone:72 method:80 recvCompress:96 sendCompress:112 buf:128 trReade' +
  'r:136 fc:152 wq:160 clientAdvertisedCompressors:168 requestRead:184 headerChan:192 headerCha' +
  'nClosed:200 headerValid:204 hdrMu:208 header:216 trailer:224 noHeaders:232 headerSent:236 st' +
  'ate:240 status:248 bytesReceived:256 unprocessed:260 contentSubtype:264"],"runs":[[0,0],[6,1' +
  ']]},"google.golang.org/grpc/internal/transport.bufWriter":{"layouts":["72 buf:0 offset:24 ba' +
  'tchSize:32 conn:40 err:56"],"runs":[[0,0]]},"google.golang.org/grpc/internal/transport.contr' +
  'olBuffer":{"layouts":["80 ch:0 done:8 mu:16 consumerWaiting:24 list:32 err:40 transportRespo' +
  'nseFrames:56 trfChan:64"],"runs":[[0,0]]},"google.golang.org/grpc/internal/transport.framer"' +
  ':{"layouts":["16 writer:0 fr:8"],"runs":[[0,0]]},"google.golang.org/grpc/internal/transport.' +
  'headerFrame":{"layouts":["80 streamID:0 hf:8 endStream:32 initStream:40 onWrite:48 wq:56 cle' +
  'anup:64 onOrphaned:72"],"runs":[[0,0]]},"google.golang.org/grpc/internal/transport.http2Clie' +
  'nt":{"layouts":["464 lastRead:0 ctx:8 cancel:24 ctxDone:32 userAgent:40 md:56 conn:64 loopy:' +
  '80 remoteAddr:88 localAddr:104 authInfo:120 readerDone:136 writerDone:144 goAway:152 framer:' +
  '160 controlBuf:168 fc:176 scheme:184 isSecure:200 perRPCCreds:208 kp:232 keepaliveEnabled:25' +
  '6 statsHandlers:264 initialWindowSize:288 maxSendHeaderListSize:296 bdpEst:304 onPrefaceRece' +
  'ipt:312 maxConcurrentStreams:320 streamQuota:328 streamsQuotaAvailable:336 waitingStreams:34' +
  '4 nextID:348 mu:352 state:360 activeStreams:368 prevGoAwayID:376 goAwayReason:380 goAwayDebu' +
  'gMessage:384 kpDormancyCond:400 kpDormant:408 channelzID:416 czData:424 onGoAway:432 onClose' +
  ':440 bufferPool:448 connectionID:456","472 lastRead:0 ctx:8 cancel:24 ctxDone:32 userAgent:4' +
  '0 md:56 conn:64 loopy:80 remoteAddr:88 localAddr:104 authInfo:120 readerDone:136 writerDone:' +
  '144 goAway:152 framer:160 controlBuf:168 fc:176 scheme:184 isSecure:200 perRPCCreds:208 kp:2' +
  '32 keepaliveEnabled:256 statsHandlers:264 initialWindowSize:288 maxSendHeaderListSize:296 bd' +
  'pEst:304 maxConcurrentStreams:312 streamQuota:320 streamsQuotaAvailable:328 waitingStreams:3' +
  '36 nextID:340 registeredCompressors:344 mu:360 state:368 activeStreams:376 prevGoAwayID:384 ' +
  'goAwayReason:388 goAwayDebugMessage:392 kpDormancyCond:408 kpDormant:416 channelzID:424 czDa' +
  'ta:432 onGoAway:440 onClose:448 bufferPool:456 connectionID:464","544 lastRead:0 ctx:8 cance' +
  'l:24 ctxDone:32 userAgent:40 address:56 md:128 conn:136 loopy:152 remoteAddr:160 localAddr:1' +
  '76 authInfo:192 readerDone:208 writerDone:216 goAway:224 framer:232 controlBuf:240 fc:248 sc' +
  'heme:256 isSecure:272 perRPCCreds:280 kp:304 keepaliveEnabled:328 statsHandlers:336 initialW' +
  'indowSize:360 maxSendHeaderListSize:368 bdpEst:376 maxConcurrentStreams:384 streamQuota:392 ' +
  'streamsQuotaAvailable:400 waitingStreams:408 nextID:412 registeredCompressors:416 mu:432 sta' +
  'te:440 activeStreams:448 prevGoAwayID:456 goAwayReason:460 goAwayDebugMessage:464 kpDormancy' +
  'Cond:480 kpDormant:488 channelzID:496 czData:504 onGoAway:512 onClose:520 bufferPool:528 con' +
  'nectionID:536","536 lastRead:0 ctx:8 cancel:24 ctxDone:32 userAgent:40 address:56 md:128 con' +
  'n:136 loopy:152 remoteAddr:160 localAddr:176 authInfo:192 readerDone:208 writerDone:216 goAw' +
  'ay:224 framer:232 controlBuf:240 fc:248 scheme:256 isSecure:272 perRPCCreds:280 kp:304 keepa' +
  'liveEnabled:328 statsHandlers:336 initialWindowSize:360 maxSendHeaderListSize:368 bdpEst:376' +
  ' maxConcurrentStreams:384 streamQuota:392 streamsQuotaAvailable:400 waitingStreams:408 nextI' +
  'D:412 registeredCompressors:416 mu:432 state:440 activeStreams:448 prevGoAwayID:456 goAwayRe' +
  'ason:460 goAwayDebugMessage:464 kpDormancyCond:480 kpDormant:488 channelzID:496 czData:504 o' +
  'nClose:512 bufferPool:520 connectionID:528","544 lastRead:0 ctx:8 cancel:24 ctxDone:32 userA' +
  'gent:40 address:56 md:128 conn:136 loopy:152 remoteAddr:160 localAddr:176 authInfo:192 reade' +
  'rDone:208 writerDone:216 goAway:224 framer:232 controlBuf:240 fc:248 scheme:256 isSecure:272' +
  ' perRPCCreds:280 kp:304 keepaliveEnabled:328 statsHandlers:336 initialWindowSize:360 maxSend' +
  'HeaderListSize:368 bdpEst:376 maxConcurrentStreams:384 streamQuota:392 streamsQuotaAvailable' +
  ':400 waitingStreams:408 nextID:412 registeredCompressors:416 mu:432 state:440 activeStreams:' +
  '448 prevGoAwayID:456 goAwayReason:460 goAwayDebugMessage:464 kpDormancyCond:480 kpDormant:48' +
  '8 channelzID:496 czData:504 onClose:512 bufferPool:520 connectionID:528 logger:536"],"runs":' +
  '[[0,0],[2,1],[3,2],[5,3],[8,4]]},"google.golang.org/grpc/internal/transport.http2Server":{"l' +
  'ayouts":["400 lastRead:0 ctx:8 done:24 conn:32 loopy:48 readerDone:56 writerDone:64 remoteAd' +
  'dr:72 localAddr:88 authInfo:104 inTapHandle:120 framer:128 maxStreams:136 controlBuf:144 fc:' +
  '152 stats:160 kp:184 kep:224 lastPingAt:240 pingStrikes:264 resetPingStrikes:268 initialWind' +
  'owSize:272 bdpEst:280 maxSendHeaderListSize:288 mu:296 drainChan:304 state:312 activeStreams' +
  ':320 idle:328 channelzID:352 czData:360 bufferPool:368 connectionID:376 maxStreamMu:384 maxS' +
  'treamID:392","400 lastRead:0 ctx:8 done:24 conn:32 loopy:48 readerDone:56 writerDone:64 remo' +
  'teAddr:72 localAddr:88 authInfo:104 inTapHandle:120 framer:128 maxStreams:136 controlBuf:144' +
  ' fc:152 stats:160 kp:184 kep:224 lastPingAt:240 pingStrikes:264 resetPingStrikes:268 initial' +
  'WindowSize:272 bdpEst:280 maxSendHeaderListSize:288 mu:296 drainEvent:304 state:312 activeSt' +
  'reams:320 idle:328 channelzID:352 czData:360 bufferPool:368 connectionID:376 maxStreamMu:384' +
  ' maxStreamID:392","408 lastRead:0 ctx:8 done:24 conn:32 loopy:48 readerDone:56 writerDone:64' +
  ' remoteAddr:72 localAddr:88 authInfo:104 inTapHandle:120 framer:128 maxStreams:136 controlBu' +
  'f:144 fc:152 stats:160 kp:184 kep:224 lastPingAt:240 pingStrikes:264 resetPingStrikes:268 in' +
  'itialWindowSize:272 bdpEst:280 maxSendHeaderListSize:288 mu:296 drainEvent:304 state:312 act' +
  'iveStreams:320 idle:328 channelzID:352 czData:360 bufferPool:368 connectionID:376 maxStreamM' +
  'u:384 maxStreamID:392 logger:400"],"runs":[[0,0],[3,1],[8,2]]},"google.golang.org/grpc/inter' +
  'nal/transport.loopyWriter":{"layouts":["88 side:0 cbuf:8 sendQuota:16 oiws:20 estdStreams:24' +
  ' activeStreams:32 framer:40 hBuf:48 hEnc:56 bdpEst:64 draining:72 ssGoAwayHandler:80","104 s' +
  'ide:0 cbuf:8 sendQuota:16 oiws:20 estdStreams:24 activeStreams:32 framer:40 hBuf:48 hEnc:56 ' +
  'bdpEst:64 draining:72 conn:80 ssGoAwayHandler:96","112 side:0 cbuf:8 sendQuota:16 oiws:20 es' +
  'tdStreams:24 activeStreams:32 framer:40 hBuf:48 hEnc:56 bdpEst:64 draining:72 conn:80 logger' +
  ':96 ssGoAwayHandler:104"],"runs":[[0,0],[6,1],[8,2]]},"google.golang.org/grpc/internal/trans' +
  'port.serverHandlerTransport":{"layouts":["144 rw:0 req:16 timeoutSet:24 timeout:32 headerMD:' +
  '40 closeOnce:48 closedCh:64 writes:72 writeStatusMu:80 contentType:88 contentSubtype:104 sta' +
  'ts:120","152 rw:0 req:16 timeoutSet:24 timeout:32 headerMD:40 closeOnce:48 closedCh:64 write' +
  's:72 writeStatusMu:80 contentType:88 contentSubtype:104 stats:120 logger:144"],"runs":[[0,0]' +
  ',[8,1]]}}},"std":{"versions":["1.19.2","1.19.13","1.20","1.20.14","1.21.0","1.21.13","1.22.0' +
  '","1.22.12","1.23.0","1.23.12"],"structs":{"bufio.Reader":{"layouts":["88 buf:0 rd:24 r:40 w' +
  ':48 err:56 lastByte:72 lastRuneSize:80"],"runs":[[0,0]]},"bufio.Writer":{"layouts":["64 err:' +
  '0 buf:16 n:40 wr:48"],"runs":[[0,0]]},"context.backgroundCtx":{"layouts":["0 emptyCtx:0"],"r' +
  'uns":[[0,-1],[4,0]]},"context.cancelCtx":{"layouts":["64 Context:0 mu:16 done:24 children:40' +
  ' err:48","80 Context:0 mu:16 done:24 children:40 err:48 cause:64"],"runs":[[0,0],[2,1]]},"co' +
  'ntext.timerCtx":{"layouts":["96 cancelCtx:0 timer:64 deadline:72","40 cancelCtx:0 timer:8 de' +
  'adline:16","112 cancelCtx:0 timer:80 deadline:88"],"runs":[[0,0],[2,1],[4,2]]},"context.valu' +
  'eCtx":{"layouts":["48 Context:0 key:16 val:32"],"runs":[[0,0]]},"context.withoutCancelCtx":{' +
  '"layouts":["16 c:0"],"runs":[[0,-1],[8,0]]},"crypto/tls.Conn":{"layouts":["832 conn:0 isClie' +
  'nt:16 handshakeFn:24 handshakeStatus:32 handshakeMutex:36 handshakeErr:48 vers:64 haveVers:6' +
  '6 config:72 handshakes:80 didResume:88 cipherSuite:90 ocspResponse:96 scts:120 peerCertifica' +
  'tes:144 verifiedChains:168 serverName:192 secureRenegotiation:208 ekm:216 resumptionSecret:2' +
  '24 ticketKeys:248 clientFinishedIsFirst:272 closeNotifyErr:280 closeNotifySent:296 clientFin' +
  'ished:297 serverFinished:309 clientProtocol:328 in:344 out:488 rawInput:632 input:672 hand:7' +
  '12 buffering:752 sendBuf:760 bytesSent:784 packetsSent:792 retryCount:800 activeCall:808 tmp' +
  ':812","856 conn:0 isClient:16 handshakeFn:24 isHandshakeComplete:32 handshakeMutex:36 handsh' +
  'akeErr:48 vers:64 haveVers:66 config:72 handshakes:80 didResume:88 cipherSuite:90 ocspRespon' +
  'se:96 scts:120 peerCertificates:144 activeCertHandles:168 verifiedChains:192 serverName:216 ' +
  'secureRenegotiation:232 ekm:240 resumptionSecret:248 ticketKeys:272 clientFinishedIsFirst:29' +
  '6 closeNotifyErr:304 closeNotifySent:320 clientFinished:321 serverFinished:333 clientProtoco' +
  'l:352 in:368 out:512 rawInput:656 input:696 hand:736 buffering:776 sendBuf:784 bytesSent:808' +
  ' packetsSent:816 retryCount:824 activeCall:832 tmp:836","880 conn:0 isClient:16 handshakeFn:' +
  '24 quic:32 isHandshakeComplete:40 handshakeMutex:44 handshakeErr:56 vers:72 haveVers:74 conf' +
  'ig:80 handshakes:88 extMasterSecret:96 didResume:97 cipherSuite:98 ocspResponse:104 scts:128' +
  ' peerCertificates:152 activeCertHandles:176 verifiedChains:200 serverName:224 secureRenegoti' +
  'ation:240 ekm:248 resumptionSecret:256 ticketKeys:280 clientFinishedIsFirst:304 closeNotifyE' +
  'rr:312 closeNotifySent:328 clientFinished:329 serverFinished:341 clientProtocol:360 in:376 o' +
  'ut:528 rawInput:680 input:720 hand:760 buffering:800 sendBuf:808 bytesSent:832 packetsSent:8' +
  '40 retryCount:848 activeCall:856 tmp:860","888 conn:0 isClient:16 handshakeFn:24 quic:32 isH' +
  'andshakeComplete:40 handshakeMutex:44 handshakeErr:56 vers:72 haveVers:74 config:80 handshak' +
  'es:88 extMasterSecret:96 didResume:97 didHRR:98 cipherSuite:100 curveID:102 ocspResponse:104' +
  ' scts:128 peerCertificates:152 activeCertHandles:176 verifiedChains:200 serverName:224 secur' +
  'eRenegotiation:240 ekm:248 resumptionSecret:256 echAccepted:280 ticketKeys:288 clientFinishe' +
  'dIsFirst:312 closeNotifyErr:320 closeNotifySent:336 clientFinished:337 serverFinished:349 cl' +
  'ientProtocol:368 in:384 out:536 rawInput:688 input:728 hand:768 buffering:808 sendBuf:816 by' +
  'tesSent:840 packetsSent:848 retryCount:856 activeCall:864 tmp:868"],"runs":[[0,0],[2,1],[4,2' +
  '],[8,3]]},"database/sql.DB":{"layouts":["200 waitDuration:0 connector:8 numClosed:24 mu:32 f' +
  'reeConn:40 connRequests:64 nextRequest:72 numOpen:80 openerCh:88 closed:96 dep:104 lastPut:1' +
  '12 maxIdleCount:120 maxOpen:128 maxLifetime:136 maxIdleTime:144 cleanerCh:152 waitCount:160 ' +
  'maxIdleClosed:168 maxIdleTimeClosed:176 maxLifetimeClosed:184 stop:192","208 waitDuration:0 ' +
  'connector:8 numClosed:24 mu:32 freeConn:40 connRequests:64 numOpen:88 openerCh:96 closed:104' +
  ' dep:112 lastPut:120 maxIdleCount:128 maxOpen:136 maxLifetime:144 maxIdleTime:152 cleanerCh:' +
  '160 waitCount:168 maxIdleClosed:176 maxIdleTimeClosed:184 maxLifetimeClosed:192 stop:200"],"' +
  'runs":[[0,0],[8,1]]},"database/sql.Rows":{"layouts":["120 dc:0 releaseConn:8 rowsi:16 cancel' +
  ':32 closeStmt:40 closemu:48 closed:72 lasterr:80 lastcols:96","136 dc:0 releaseConn:8 rowsi:' +
  '16 cancel:32 closeStmt:40 contextDone:48 closemu:56 closed:80 lasterr:88 lastcols:104 closem' +
  'uScanHold:128 hitEOF:129","152 dc:0 releaseConn:8 rowsi:16 cancel:32 closeStmt:40 contextDon' +
  'e:48 closemu:56 lasterr:80 closed:96 closemuScanHold:97 hitEOF:98 lastcols:104 raw:128"],"ru' +
  'ns":[[0,0],[4,1],[8,2]]},"database/sql.Stmt":{"layouts":["144 db:0 query:8 stickyErr:24 clos' +
  'emu:40 cg:64 cgds:80 parentStmt:88 mu:96 closed:104 css:112 lastNumClosed:136"],"runs":[[0,0' +
  ']]},"database/sql.Tx":{"layouts":["128 db:0 closemu:8 dc:32 txi:40 releaseConn:56 done:64 ke' +
  'epConnOnRollback:68 stmts:72 cancel:104 ctx:112"],"runs":[[0,0]]},"database/sql.driverConn":' +
  '{"layouts":["136 db:0 createdAt:8 Mutex:32 ci:40 needReset:56 closed:57 finalClosed:58 openS' +
  'tmt:64 inUse:72 returnedAt:80 onPut:104 dbmuClosed:128","128 db:0 createdAt:8 Mutex:32 ci:40' +
  ' needReset:56 closed:57 finalClosed:58 openStmt:64 inUse:72 dbmuClosed:73 returnedAt:80 onPu' +
  't:104"],"runs":[[0,0],[8,1]]},"database/sql.dsnConnector":{"layouts":["32 dsn:0 driver:16"],' +
  '"runs":[[0,0]]},"internal/poll.FD":{"layouts":["56 fdmu:0 Sysfd:16 pd:24 iovecs:32 csema:40 ' +
  'isBlocking:44 IsStream:48 ZeroReadIsEOF:49 isFile:50","56 fdmu:0 Sysfd:16 SysFile:24 pd:32 c' +
  'sema:40 isBlocking:44 IsStream:48 ZeroReadIsEOF:49 isFile:50"],"runs":[[0,0],[4,1]]},"net.TC' +
  'PAddr":{"layouts":["48 IP:0 Port:24 Zone:32"],"runs":[[0,0]]},"net.TCPConn":{"layouts":["8 c' +
  'onn:0"],"runs":[[0,0]]},"net.conn":{"layouts":["8 fd:0"],"runs":[[0,0]]},"net.netFD":{"layou' +
  'ts":["128 pfd:0 family:56 sotype:64 isConnected:72 net:80 laddr:96 raddr:112"],"runs":[[0,0]' +
  ']},"net/http.Request":{"layouts":["248 Method:0 URL:16 Proto:24 ProtoMajor:40 ProtoMinor:48 ' +
  'Header:56 Body:64 GetBody:80 ContentLength:88 TransferEncoding:96 Close:120 Host:128 Form:14' +
  '4 PostForm:152 MultipartForm:160 Trailer:168 RemoteAddr:176 RequestURI:192 TLS:208 Cancel:21' +
  '6 Response:224 ctx:232","288 Method:0 URL:16 Proto:24 ProtoMajor:40 ProtoMinor:48 Header:56 ' +
  'Body:64 GetBody:80 ContentLength:88 TransferEncoding:96 Close:120 Host:128 Form:144 PostForm' +
  ':152 MultipartForm:160 Trailer:168 RemoteAddr:176 RequestURI:192 TLS:208 Cancel:216 Response' +
  ':224 ctx:232 pat:248 matches:256 otherValues:280","304 Method:0 URL:16 Proto:24 ProtoMajor:4' +
  '0 ProtoMinor:48 Header:56 Body:64 GetBody:80 ContentLength:88 TransferEncoding:96 Close:120 ' +
  'Host:128 Form:144 PostForm:152 MultipartForm:160 Trailer:168 RemoteAddr:176 RequestURI:192 T' +
  'LS:208 Cancel:216 Response:224 Pattern:232 ctx:248 pat:264 matches:272 otherValues:296"],"ru' +
  'ns":[[0,0],[6,1],[8,2]]},"net/http.Response":{"layouts":["144 Status:0 StatusCode:16 Proto:2' +
  '4 ProtoMajor:40 ProtoMinor:48 Header:56 Body:64 ContentLength:80 TransferEncoding:88 Close:1' +
  '12 Uncompressed:113 Trailer:120 Request:128 TLS:136"],"runs":[[0,0]]},"net/http.ServeMux":{"' +
  'layouts":["64 mu:0 m:24 es:32 hosts:56","208 mu:0 tree:24 index:88 patterns:120 mux121:144",' +
  '"216 mu:0 tree:24 index:96 patterns:128 mux121:152"],"runs":[[0,0],[6,1],[8,2]]},"net/http.S' +
  'erver":{"layouts":["232 Addr:0 Handler:16 TLSConfig:32 ReadTimeout:40 ReadHeaderTimeout:48 W' +
  'riteTimeout:56 IdleTimeout:64 MaxHeaderBytes:72 TLSNextProto:80 ConnState:88 ErrorLog:96 Bas' +
  'eContext:104 ConnContext:112 inShutdown:120 disableKeepAlives:124 nextProtoOnce:128 nextProt' +
  'oErr:144 mu:160 listeners:168 activeConn:176 doneChan:184 onShutdown:192 listenerGroup:216",' +
  '"232 Addr:0 Handler:16 DisableGeneralOptionsHandler:32 TLSConfig:40 ReadTimeout:48 ReadHeade' +
  'rTimeout:56 WriteTimeout:64 IdleTimeout:72 MaxHeaderBytes:80 TLSNextProto:88 ConnState:96 Er' +
  'rorLog:104 BaseContext:112 ConnContext:120 inShutdown:128 disableKeepAlives:132 nextProtoOnc' +
  'e:136 nextProtoErr:152 mu:168 listeners:176 activeConn:184 onShutdown:192 listenerGroup:216"' +
  '],"runs":[[0,0],[2,1]]},"net/http.Transport":{"layouts":["312 idleMu:0 closeIdle:8 idleConn:' +
  '16 idleConnWait:24 idleLRU:32 reqMu:48 reqCanceler:56 altMu:64 altProto:72 connsPerHostMu:88' +
  ' connsPerHost:96 connsPerHostWait:104 Proxy:112 DialContext:120 Dial:128 DialTLSContext:136 ' +
  'DialTLS:144 TLSClientConfig:152 TLSHandshakeTimeout:160 DisableKeepAlives:168 DisableCompres' +
  'sion:169 MaxIdleConns:176 MaxIdleConnsPerHost:184 MaxConnsPerHost:192 IdleConnTimeout:200 Re' +
  'sponseHeaderTimeout:208 ExpectContinueTimeout:216 TLSNextProto:224 ProxyConnectHeader:232 Ge' +
  'tProxyConnectHeader:240 MaxResponseHeaderBytes:248 WriteBufferSize:256 ReadBufferSize:264 ne' +
  'xtProtoOnce:272 h2transport:288 tlsNextProtoWasNil:304 ForceAttemptHTTP2:305","320 idleMu:0 ' +
  'closeIdle:8 idleConn:16 idleConnWait:24 idleLRU:32 reqMu:48 reqCanceler:56 altMu:64 altProto' +
  ':72 connsPerHostMu:88 connsPerHost:96 connsPerHostWait:104 Proxy:112 OnProxyConnectResponse:' +
  '120 DialContext:128 Dial:136 DialTLSContext:144 DialTLS:152 TLSClientConfig:160 TLSHandshake' +
  'Timeout:168 DisableKeepAlives:176 DisableCompression:177 MaxIdleConns:184 MaxIdleConnsPerHos' +
  't:192 MaxConnsPerHost:200 IdleConnTimeout:208 ResponseHeaderTimeout:216 ExpectContinueTimeou' +
  't:224 TLSNextProto:232 ProxyConnectHeader:240 GetProxyConnectHeader:248 MaxResponseHeaderByt' +
  'es:256 WriteBufferSize:264 ReadBufferSize:272 nextProtoOnce:280 h2transport:296 tlsNextProto' +
  'WasNil:312 ForceAttemptHTTP2:313","376 idleMu:0 closeIdle:8 idleConn:16 idleConnWait:24 idle' +
  'LRU:32 reqMu:48 reqCanceler:56 altMu:64 altProto:72 connsPerHostMu:88 connsPerHost:96 connsP' +
  'erHostWait:104 dialsInProgress:112 Proxy:168 OnProxyConnectResponse:176 DialContext:184 Dial' +
  ':192 DialTLSContext:200 DialTLS:208 TLSClientConfig:216 TLSHandshakeTimeout:224 DisableKeepA' +
  'lives:232 DisableCompression:233 MaxIdleConns:240 MaxIdleConnsPerHost:248 MaxConnsPerHost:25' +
  '6 IdleConnTimeout:264 ResponseHeaderTimeout:272 ExpectContinueTimeout:280 TLSNextProto:288 P' +
  'roxyConnectHeader:296 GetProxyConnectHeader:304 MaxResponseHeaderBytes:312 WriteBufferSize:3' +
  '20 ReadBufferSize:328 nextProtoOnce:336 h2transport:352 tlsNextProtoWasNil:368 ForceAttemptH' +
  'TTP2:369"],"runs":[[0,0],[2,1],[8,2]]},"net/http.body":{"layouts":["64 src:0 hdr:16 r:32 clo' +
  'sing:40 doEarlyClose:41 mu:44 sawEOF:52 closed:53 earlyClose:54 onHitEOF:56"],"runs":[[0,0]]' +
  '},"net/http.conn":{"layouts":["152 server:0 cancelCtx:8 rwc:16 remoteAddr:32 tlsState:48 wer' +
  'r:56 r:72 bufr:80 bufw:88 lastMethod:96 curReq:112 curState:128 mu:136 hijackedv:144","144 s' +
  'erver:0 cancelCtx:8 rwc:16 remoteAddr:32 tlsState:48 werr:56 r:72 bufr:80 bufw:88 lastMethod' +
  ':96 curReq:112 curState:120 mu:128 hijackedv:136"],"runs":[[0,0],[2,1]]},"net/http.connectMe' +
  'thod":{"layouts":["48 proxyURL:0 targetScheme:8 targetAddr:24 onlyH1:40"],"runs":[[0,0]]},"n' +
  'et/http.http2ClientConn":{"layouts":["376 t:0 tconn:8 tlsState:24 reused:32 singleUse:36 get' +
  'ConnCalled:37 readerDone:40 readerErr:48 idleTimeout:64 idleTimer:72 mu:80 cond:88 flow:96 i' +
  'nflow:112 doNotReuse:128 closing:129 closed:130 seenSettings:131 wantSettingsAck:132 goAway:' +
  '136 goAwayDebug:144 streams:160 streamsReserved:168 nextStreamID:176 pendingRequests:184 pin' +
  'gs:192 br:200 lastActive:208 lastIdle:232 maxFrameSize:256 maxConcurrentStreams:260 peerMaxH' +
  'eaderListSize:264 initialWindowSize:272 reqHeaderMu:280 wmu:288 bw:296 fr:304 werr:312 hbuf:' +
  '328 henc:368","384 t:0 tconn:8 tconnClosed:24 tlsState:32 reused:40 singleUse:44 getConnCall' +
  'ed:45 readerDone:48 readerErr:56 idleTimeout:72 idleTimer:80 mu:88 cond:96 flow:104 inflow:1' +
  '20 doNotReuse:136 closing:137 closed:138 seenSettings:139 wantSettingsAck:140 goAway:144 goA' +
  'wayDebug:152 streams:168 streamsReserved:176 nextStreamID:184 pendingRequests:192 pings:200 ' +
  'br:208 lastActive:216 lastIdle:240 maxFrameSize:264 maxConcurrentStreams:268 peerMaxHeaderLi' +
  'stSize:272 peerMaxHeaderTableSize:280 initialWindowSize:284 reqHeaderMu:288 wmu:296 bw:304 f' +
  'r:312 werr:320 hbuf:336 henc:376","376 t:0 tconn:8 tconnClosed:24 tlsState:32 reused:40 sing' +
  'leUse:44 getConnCalled:45 readerDone:48 readerErr:56 idleTimeout:72 idleTimer:80 mu:88 cond:' +
  '96 flow:104 inflow:120 doNotReuse:128 closing:129 closed:130 seenSettings:131 wantSettingsAc' +
  'k:132 goAway:136 goAwayDebug:144 streams:160 streamsReserved:168 nextStreamID:176 pendingReq' +
  'uests:184 pings:192 br:200 lastActive:208 lastIdle:232 maxFrameSize:256 maxConcurrentStreams' +
  ':260 peerMaxHeaderListSize:264 peerMaxHeaderTableSize:272 initialWindowSize:276 reqHeaderMu:' +
  '280 wmu:288 bw:296 fr:304 werr:312 hbuf:328 henc:368","368 t:0 tconn:8 tlsState:24 reused:32' +
  ' singleUse:36 getConnCalled:37 readerDone:40 readerErr:48 idleTimeout:64 idleTimer:72 mu:80 ' +
  'cond:88 flow:96 inflow:112 doNotReuse:120 closing:121 closed:122 seenSettings:123 wantSettin' +
  'gsAck:124 goAway:128 goAwayDebug:136 streams:152 streamsReserved:160 nextStreamID:168 pendin' +
  'gRequests:176 pings:184 br:192 lastActive:200 lastIdle:224 maxFrameSize:248 maxConcurrentStr' +
  'eams:252 peerMaxHeaderListSize:256 peerMaxHeaderTableSize:264 initialWindowSize:268 reqHeade' +
  'rMu:272 wmu:280 bw:288 fr:296 werr:304 hbuf:320 henc:360","376 t:0 tconn:8 tlsState:24 reuse' +
  'd:32 singleUse:36 getConnCalled:37 readerDone:40 readerErr:48 idleTimeout:64 idleTimer:72 mu' +
  ':88 cond:96 flow:104 inflow:120 doNotReuse:128 closing:129 closed:130 seenSettings:131 wantS' +
  'ettingsAck:132 goAway:136 goAwayDebug:144 streams:160 streamsReserved:168 nextStreamID:176 p' +
  'endingRequests:184 pings:192 br:200 lastActive:208 lastIdle:232 maxFrameSize:256 maxConcurre' +
  'ntStreams:260 peerMaxHeaderListSize:264 peerMaxHeaderTableSize:272 initialWindowSize:276 req' +
  'HeaderMu:280 wmu:288 bw:296 fr:304 werr:312 hbuf:328 henc:368"],"runs":[[0,0],[2,1],[4,2],[6' +
  ',3],[8,4]]},"net/http.http2Framer":{"layouts":["224 r:0 lastFrame:16 errDetail:32 countError' +
  ':48 lastHeaderStream:56 maxReadSize:60 headerBuf:64 getReadBuf:80 readBuf:88 maxWriteSize:11' +
  '2 w:120 wbuf:136 AllowIllegalWrites:160 AllowIllegalReads:161 ReadMetaHeaders:168 MaxHeaderL' +
  'istSize:176 logReads:180 logWrites:181 debugFramer:184 debugFramerBuf:192 debugReadLoggerf:2' +
  '00 debugWriteLoggerf:208 frameCache:216"],"runs":[[0,0]]},"net/http.http2Transport":{"layout' +
  's":["120 DialTLS:0 TLSClientConfig:8 ConnPool:16 DisableCompression:32 AllowHTTP:33 MaxHeade' +
  'rListSize:36 StrictMaxConcurrentStreams:40 ReadIdleTimeout:48 PingTimeout:56 WriteByteTimeou' +
  't:64 CountError:72 t1:80 connPoolOnce:88 connPoolOrDef:104","136 DialTLSContext:0 DialTLS:8 ' +
  'TLSClientConfig:16 ConnPool:24 DisableCompression:40 AllowHTTP:41 MaxHeaderListSize:44 MaxRe' +
  'adFrameSize:48 MaxDecoderHeaderTableSize:52 MaxEncoderHeaderTableSize:56 StrictMaxConcurrent' +
  'Streams:60 ReadIdleTimeout:64 PingTimeout:72 WriteByteTimeout:80 CountError:88 t1:96 connPoo' +
  'lOnce:104 connPoolOrDef:120","152 DialTLSContext:0 DialTLS:8 TLSClientConfig:16 ConnPool:24 ' +
  'DisableCompression:40 AllowHTTP:41 MaxHeaderListSize:44 MaxReadFrameSize:48 MaxDecoderHeader' +
  'TableSize:52 MaxEncoderHeaderTableSize:56 StrictMaxConcurrentStreams:60 IdleConnTimeout:64 R' +
  'eadIdleTimeout:72 PingTimeout:80 WriteByteTimeout:88 CountError:96 t1:104 connPoolOnce:112 c' +
  'onnPoolOrDef:128 http2transportTestHooks:144"],"runs":[[0,0],[2,1],[8,2]]},"net/http.http2cl' +
  'ientStream":{"layouts":["376 cc:0 ctx:8 reqCancel:24 trace:32 ID:40 bufPipe:48 requestedGzip' +
  ':184 isHead:185 abortOnce:188 abort:200 abortErr:208 peerClosed:224 donec:232 on100:240 resp' +
  'HeaderRecv:248 res:256 flow:264 inflow:280 bytesRemain:296 readErr:304 reqBody:320 reqBodyCo' +
  'ntentLength:336 reqBodyClosed:344 sentEndStream:345 sentHeaders:346 firstByte:347 pastHeader' +
  's:348 pastTrailers:349 num1xx:350 readClosed:351 readAborted:352 trailer:360 resTrailer:368"' +
  ',"376 cc:0 ctx:8 reqCancel:24 trace:32 ID:40 bufPipe:48 requestedGzip:184 isHead:185 abortOn' +
  'ce:188 abort:200 abortErr:208 peerClosed:224 donec:232 on100:240 respHeaderRecv:248 res:256 ' +
  'flow:264 inflow:280 bytesRemain:296 readErr:304 reqBody:320 reqBodyContentLength:336 reqBody' +
  'Closed:344 sentEndStream:352 sentHeaders:353 firstByte:354 pastHeaders:355 pastTrailers:356 ' +
  'num1xx:357 readClosed:358 readAborted:359 trailer:360 resTrailer:368","368 cc:0 ctx:8 reqCan' +
  'cel:24 trace:32 ID:40 bufPipe:48 requestedGzip:184 isHead:185 abortOnce:188 abort:200 abortE' +
  'rr:208 peerClosed:224 donec:232 on100:240 respHeaderRecv:248 res:256 flow:264 inflow:280 byt' +
  'esRemain:288 readErr:296 reqBody:312 reqBodyContentLength:328 reqBodyClosed:336 sentEndStrea' +
  'm:344 sentHeaders:345 firstByte:346 pastHeaders:347 pastTrailers:348 num1xx:349 readClosed:3' +
  '50 readAborted:351 trailer:352 resTrailer:360"],"runs":[[0,0],[2,1],[4,2]]},"net/http.http2r' +
  'esponseWriter":{"layouts":["8 rws:0"],"runs":[[0,0]]},"net/http.http2responseWriterState":{"' +
  'layouts":["128 stream:0 req:8 body:16 conn:24 bw:32 handlerHeader:40 snapHeader:48 trailers:' +
  '56 status:80 wroteHeader:88 sentHeader:89 handlerDone:90 dirty:91 sentContentLen:96 wroteByt' +
  'es:104 closeNotifierMu:112 closeNotifierCh:120","120 stream:0 req:8 conn:16 bw:24 handlerHea' +
  'der:32 snapHeader:40 trailers:48 status:72 wroteHeader:80 sentHeader:81 handlerDone:82 dirty' +
  ':83 sentContentLen:88 wroteBytes:96 closeNotifierMu:104 closeNotifierCh:112","120 stream:0 r' +
  'eq:8 conn:16 bw:24 handlerHeader:32 snapHeader:40 trailers:48 status:72 wroteHeader:80 sentH' +
  'eader:81 handlerDone:82 sentContentLen:88 wroteBytes:96 closeNotifierMu:104 closeNotifierCh:' +
  '112"],"runs":[[0,0],[2,1],[6,2]]},"net/http.http2serverConn":{"layouts":["384 srv:0 hs:8 con' +
  'n:16 bw:32 handler:40 baseCtx:56 framer:72 doneServing:80 readFrameCh:88 wantWriteFrameCh:96' +
  ' wroteFrameCh:104 bodyReadCh:112 serveMsgCh:120 flow:128 inflow:144 tlsState:160 remoteAddrS' +
  'tr:168 writeSched:184 serveG:200 pushEnabled:208 sawFirstSettings:209 needToSendSettingsAck:' +
  '210 unackedSettings:216 queuedControlFrames:224 clientMaxStreams:232 advMaxStreams:236 curCl' +
  'ientStreams:240 curPushedStreams:244 maxClientStreamID:248 maxPushPromiseID:252 streams:256 ' +
  'initialStreamSendWindowSize:264 maxFrameSize:268 headerTableSize:272 peerMaxHeaderListSize:2' +
  '76 canonHeader:280 writingFrame:288 writingFrameAsync:289 needsFrameFlush:290 inGoAway:291 i' +
  'nFrameScheduleLoop:292 needToSendGoAway:293 goAwayCode:296 shutdownTimer:304 idleTimer:312 h' +
  'eaderWriteBuf:320 hpackEncoder:360 shutdownOnce:368","392 srv:0 hs:8 conn:16 bw:32 handler:4' +
  '0 baseCtx:56 framer:72 doneServing:80 readFrameCh:88 wantWriteFrameCh:96 wroteFrameCh:104 bo' +
  'dyReadCh:112 serveMsgCh:120 flow:128 inflow:144 tlsState:160 remoteAddrStr:168 writeSched:18' +
  '4 serveG:200 pushEnabled:208 sawFirstSettings:209 needToSendSettingsAck:210 unackedSettings:' +
  '216 queuedControlFrames:224 clientMaxStreams:232 advMaxStreams:236 curClientStreams:240 curP' +
  'ushedStreams:244 maxClientStreamID:248 maxPushPromiseID:252 streams:256 initialStreamSendWin' +
  'dowSize:264 maxFrameSize:268 headerTableSize:272 peerMaxHeaderListSize:276 canonHeader:280 c' +
  'anonHeaderKeysSize:288 writingFrame:296 writingFrameAsync:297 needsFrameFlush:298 inGoAway:2' +
  '99 inFrameScheduleLoop:300 needToSendGoAway:301 goAwayCode:304 shutdownTimer:312 idleTimer:3' +
  '20 headerWriteBuf:328 hpackEncoder:368 shutdownOnce:376","392 srv:0 hs:8 conn:16 bw:32 handl' +
  'er:40 baseCtx:56 framer:72 doneServing:80 readFrameCh:88 wantWriteFrameCh:96 wroteFrameCh:10' +
  '4 bodyReadCh:112 serveMsgCh:120 flow:128 inflow:144 tlsState:160 remoteAddrStr:168 writeSche' +
  'd:184 serveG:200 pushEnabled:208 sawClientPreface:209 sawFirstSettings:210 needToSendSetting' +
  'sAck:211 unackedSettings:216 queuedControlFrames:224 clientMaxStreams:232 advMaxStreams:236 ' +
  'curClientStreams:240 curPushedStreams:244 maxClientStreamID:248 maxPushPromiseID:252 streams' +
  ':256 initialStreamSendWindowSize:264 maxFrameSize:268 peerMaxHeaderListSize:272 canonHeader:' +
  '280 canonHeaderKeysSize:288 writingFrame:296 writingFrameAsync:297 needsFrameFlush:298 inGoA' +
  'way:299 inFrameScheduleLoop:300 needToSendGoAway:301 goAwayCode:304 shutdownTimer:312 idleTi' +
  'mer:320 headerWriteBuf:328 hpackEncoder:368 shutdownOnce:376","424 srv:0 hs:8 conn:16 bw:32 ' +
  'handler:40 baseCtx:56 framer:72 doneServing:80 readFrameCh:88 wantWriteFrameCh:96 wroteFrame' +
  'Ch:104 bodyReadCh:112 serveMsgCh:120 flow:128 inflow:144 tlsState:160 remoteAddrStr:168 writ' +
  'eSched:184 serveG:200 pushEnabled:208 sawClientPreface:209 sawFirstSettings:210 needToSendSe' +
  'ttingsAck:211 unackedSettings:216 queuedControlFrames:224 clientMaxStreams:232 advMaxStreams' +
  ':236 curClientStreams:240 curPushedStreams:244 curHandlers:248 maxClientStreamID:252 maxPush' +
  'PromiseID:256 streams:264 unstartedHandlers:272 initialStreamSendWindowSize:296 maxFrameSize' +
  ':300 peerMaxHeaderListSize:304 canonHeader:312 canonHeaderKeysSize:320 writingFrame:328 writ' +
  'ingFrameAsync:329 needsFrameFlush:330 inGoAway:331 inFrameScheduleLoop:332 needToSendGoAway:' +
  '333 goAwayCode:336 shutdownTimer:344 idleTimer:352 headerWriteBuf:360 hpackEncoder:400 shutd' +
  'ownOnce:408","384 srv:0 hs:8 conn:16 bw:32 handler:40 baseCtx:56 framer:72 doneServing:80 re' +
  'adFrameCh:88 wantWriteFrameCh:96 wroteFrameCh:104 bodyReadCh:112 serveMsgCh:120 flow:128 inf' +
  'low:144 tlsState:152 remoteAddrStr:160 writeSched:176 serveG:192 pushEnabled:200 sawClientPr' +
  'eface:201 sawFirstSettings:202 needToSendSettingsAck:203 unackedSettings:208 queuedControlFr' +
  'ames:216 clientMaxStreams:224 advMaxStreams:228 curClientStreams:232 curPushedStreams:236 ma' +
  'xClientStreamID:240 maxPushPromiseID:244 streams:248 initialStreamSendWindowSize:256 maxFram' +
  'eSize:260 peerMaxHeaderListSize:264 canonHeader:272 canonHeaderKeysSize:280 writingFrame:288' +
  ' writingFrameAsync:289 needsFrameFlush:290 inGoAway:291 inFrameScheduleLoop:292 needToSendGo' +
  'Away:293 goAwayCode:296 shutdownTimer:304 idleTimer:312 headerWriteBuf:320 hpackEncoder:360 ' +
  'shutdownOnce:368","416 srv:0 hs:8 conn:16 bw:32 handler:40 baseCtx:56 framer:72 doneServing:' +
  '80 readFrameCh:88 wantWriteFrameCh:96 wroteFrameCh:104 bodyReadCh:112 serveMsgCh:120 flow:12' +
  '8 inflow:144 tlsState:152 remoteAddrStr:160 writeSched:176 serveG:192 pushEnabled:200 sawCli' +
  'entPreface:201 sawFirstSettings:202 needToSendSettingsAck:203 unackedSettings:208 queuedCont' +
  'rolFrames:216 clientMaxStreams:224 advMaxStreams:228 curClientStreams:232 curPushedStreams:2' +
  '36 curHandlers:240 maxClientStreamID:244 maxPushPromiseID:248 streams:256 unstartedHandlers:' +
  '264 initialStreamSendWindowSize:288 maxFrameSize:292 peerMaxHeaderListSize:296 canonHeader:3' +
  '04 canonHeaderKeysSize:312 writingFrame:320 writingFrameAsync:321 needsFrameFlush:322 inGoAw' +
  'ay:323 inFrameScheduleLoop:324 needToSendGoAway:325 goAwayCode:328 shutdownTimer:336 idleTim' +
  'er:344 headerWriteBuf:352 hpackEncoder:392 shutdownOnce:400","432 srv:0 hs:8 conn:16 bw:32 h' +
  'andler:40 baseCtx:56 framer:72 doneServing:80 readFrameCh:88 wantWriteFrameCh:96 wroteFrameC' +
  'h:104 bodyReadCh:112 serveMsgCh:120 flow:128 inflow:144 tlsState:152 remoteAddrStr:160 write' +
  'Sched:176 serveG:192 pushEnabled:200 sawClientPreface:201 sawFirstSettings:202 needToSendSet' +
  'tingsAck:203 unackedSettings:208 queuedControlFrames:216 clientMaxStreams:224 advMaxStreams:' +
  '228 curClientStreams:232 curPushedStreams:236 curHandlers:240 maxClientStreamID:244 maxPushP' +
  'romiseID:248 streams:256 unstartedHandlers:264 initialStreamSendWindowSize:288 maxFrameSize:' +
  '292 peerMaxHeaderListSize:296 canonHeader:304 canonHeaderKeysSize:312 writingFrame:320 writi' +
  'ngFrameAsync:321 needsFrameFlush:322 inGoAway:323 inFrameScheduleLoop:324 needToSendGoAway:3' +
  '25 goAwayCode:328 shutdownTimer:336 idleTimer:352 headerWriteBuf:368 hpackEncoder:408 shutdo' +
  'wnOnce:416"],"runs":[[0,0],[1,1],[2,2],[3,3],[4,4],[5,5],[8,6]]},"net/http.http2stream":{"la' +
  'youts":["144 sc:0 id:8 body:16 cw:24 ctx:32 cancelCtx:48 bodyBytes:56 declBodyBytes:64 flow:' +
  '72 inflow:88 state:104 resetQueued:112 gotTrailerHeader:113 wroteHeaders:114 writeDeadline:1' +
  '20 trailer:128 reqTrailer:136","168 sc:0 id:8 body:16 cw:24 ctx:32 cancelCtx:48 bodyBytes:56' +
  ' declBodyBytes:64 flow:72 inflow:88 state:104 resetQueued:112 gotTrailerHeader:113 wroteHead' +
  'ers:114 readDeadline:120 writeDeadline:128 closeErr:136 trailer:152 reqTrailer:160","160 sc:' +
  '0 id:8 body:16 cw:24 ctx:32 cancelCtx:48 bodyBytes:56 declBodyBytes:64 flow:72 inflow:88 sta' +
  'te:96 resetQueued:104 gotTrailerHeader:105 wroteHeaders:106 readDeadline:112 writeDeadline:1' +
  '20 closeErr:128 trailer:144 reqTrailer:152","176 sc:0 id:8 body:16 cw:24 ctx:32 cancelCtx:48' +
  ' bodyBytes:56 declBodyBytes:64 flow:72 inflow:88 state:96 resetQueued:104 gotTrailerHeader:1' +
  '05 wroteHeaders:106 readDeadline:112 writeDeadline:128 closeErr:144 trailer:160 reqTrailer:1' +
  '68"],"runs":[[0,0],[2,1],[4,2],[8,3]]},"net/http.pattern":{"layouts":["88 str:0 method:16 ho' +
  'st:32 segments:48 loc:72"],"runs":[[0,-1],[6,0]]},"net/http.persistConn":{"layouts":["280 al' +
  't:0 t:16 cacheKey:24 conn:80 tlsState:96 br:104 bw:112 nwrite:120 reqch:128 writech:136 clos' +
  'ech:144 isProxy:152 sawEOF:153 readLimit:160 writeErrCh:168 writeLoopDone:176 idleAt:184 idl' +
  'eTimer:208 mu:216 numExpectedResponses:224 closed:232 canceledErr:248 broken:264 reused:265 ' +
  'mutateHeaderFunc:272"],"runs":[[0,0]]},"net/http.response":{"layouts":["224 conn:0 req:8 req' +
  'Body:16 cancelCtx:32 wroteHeader:40 wroteContinue:41 wants10KeepAlive:42 wantsClose:43 canWr' +
  'iteContinue:44 writeContinueMu:48 w:56 cw:64 handlerHeader:88 calledHeader:96 written:104 co' +
  'ntentLength:112 status:120 closeAfterReply:128 requestBodyLimitHit:129 trailers:136 handlerD' +
  'one:160 dateBuf:164 clenBuf:193 statusBuf:203 closeNotifyCh:208 didCloseNotify:216","224 con' +
  'n:0 req:8 reqBody:16 cancelCtx:32 wroteHeader:40 wroteContinue:41 wants10KeepAlive:42 wantsC' +
  'lose:43 canWriteContinue:44 writeContinueMu:48 w:56 cw:64 handlerHeader:88 calledHeader:96 w' +
  'ritten:104 contentLength:112 status:120 closeAfterReply:128 fullDuplex:129 requestBodyLimitH' +
  'it:130 trailers:136 handlerDone:160 dateBuf:164 clenBuf:193 statusBuf:203 closeNotifyCh:208 ' +
  'didCloseNotify:216","224 conn:0 req:8 reqBody:16 cancelCtx:32 wroteHeader:40 wants10KeepAliv' +
  'e:41 wantsClose:42 writeContinueMu:44 canWriteContinue:52 w:56 cw:64 handlerHeader:88 called' +
  'Header:96 written:104 contentLength:112 status:120 closeAfterReply:128 fullDuplex:129 reques' +
  'tBodyLimitHit:130 trailers:136 handlerDone:160 dateBuf:164 clenBuf:193 statusBuf:203 closeNo' +
  'tifyCh:208 didCloseNotify:216"],"runs":[[0,0],[4,1],[8,2]]},"net/http.serverHandler":{"layou' +
  'ts":["8 srv:0"],"runs":[[0,0]]},"net/http.transportRequest":{"layouts":["56 Request:0 extra:' +
  '8 trace:16 cancelKey:24 mu:32 err:40","72 Request:0 extra:8 trace:16 ctx:24 cancel:40 mu:48 ' +
  'err:56"],"runs":[[0,0],[8,1]]},"net/textproto.Reader":{"layouts":["40 R:0 dot:8 buf:16"],"ru' +
  'ns":[[0,0]]},"net/url.URL":{"layouts":["144 Scheme:0 Opaque:16 User:32 Host:40 Path:56 RawPa' +
  'th:72 OmitHost:88 ForceQuery:89 RawQuery:96 Fragment:112 RawFragment:128"],"runs":[[0,0]]},"' +
  'net/url.Userinfo":{"layouts":["40 username:0 password:16 passwordSet:32"],"runs":[[0,0]]},"r' +
  'untime.bmap":{"layouts":["8 tophash:0"],"runs":[[0,0]]},"runtime.g":{"layouts":["392 stack:0' +
  ' stackguard0:16 stackguard1:24 _panic:32 _defer:40 m:48 sched:56 syscallsp:112 syscallpc:120' +
  ' stktopsp:128 param:136 atomicstatus:144 stackLock:148 goid:152 schedlink:160 waitsince:168 ' +
  'waitreason:176 preempt:177 preemptStop:178 preemptShrink:179 asyncSafePoint:180 paniconfault' +
  ':181 gcscandone:182 throwsplit:183 activeStackChans:184 parkingOnChan:185 raceignore:186 sys' +
  'blocktraced:187 tracking:188 trackingSeq:189 runnableStamp:192 runnableTime:200 sysexitticks' +
  ':208 traceseq:216 tracelastp:224 lockedm:232 sig:240 writebuf:248 sigcode0:272 sigcode1:280 ' +
  'sigpc:288 gopc:296 ancestors:304 startpc:312 racectx:320 waiting:328 cgoCtxt:336 labels:360 ' +
  'timer:368 selectDone:376 goroutineProfiled:380 gcAssistBytes:384","392 stack:0 stackguard0:1' +
  '6 stackguard1:24 _panic:32 _defer:40 m:48 sched:56 syscallsp:112 syscallpc:120 stktopsp:128 ' +
  'param:136 atomicstatus:144 stackLock:148 goid:152 schedlink:160 waitsince:168 waitreason:176' +
  ' preempt:177 preemptStop:178 preemptShrink:179 asyncSafePoint:180 paniconfault:181 gcscandon' +
  'e:182 throwsplit:183 activeStackChans:184 parkingOnChan:185 raceignore:186 sysblocktraced:18' +
  '7 tracking:188 trackingSeq:189 trackingStamp:192 runnableTime:200 sysexitticks:208 traceseq:' +
  '216 tracelastp:224 lockedm:232 sig:240 writebuf:248 sigcode0:272 sigcode1:280 sigpc:288 gopc' +
  ':296 ancestors:304 startpc:312 racectx:320 waiting:328 cgoCtxt:336 labels:360 timer:368 sele' +
  'ctDone:376 goroutineProfiled:380 gcAssistBytes:384","408 stack:0 stackguard0:16 stackguard1:' +
  '24 _panic:32 _defer:40 m:48 sched:56 syscallsp:112 syscallpc:120 stktopsp:128 param:136 atom' +
  'icstatus:144 stackLock:148 goid:152 schedlink:160 waitsince:168 waitreason:176 preempt:177 p' +
  'reemptStop:178 preemptShrink:179 asyncSafePoint:180 paniconfault:181 gcscandone:182 throwspl' +
  'it:183 activeStackChans:184 parkingOnChan:185 raceignore:186 tracking:187 trackingSeq:188 tr' +
  'ackingStamp:192 runnableTime:200 lockedm:208 sig:216 writebuf:224 sigcode0:248 sigcode1:256 ' +
  'sigpc:264 parentGoid:272 gopc:280 ancestors:288 startpc:296 racectx:304 waiting:312 cgoCtxt:' +
  '320 labels:344 timer:352 selectDone:360 goroutineProfiled:364 trace:368 gcAssistBytes:400","' +
  '424 stack:0 stackguard0:16 stackguard1:24 _panic:32 _defer:40 m:48 sched:56 syscallsp:112 sy' +
  'scallpc:120 stktopsp:128 param:136 atomicstatus:144 stackLock:148 goid:152 schedlink:160 wai' +
  'tsince:168 waitreason:176 preempt:177 preemptStop:178 preemptShrink:179 asyncSafePoint:180 p' +
  'aniconfault:181 gcscandone:182 throwsplit:183 activeStackChans:184 parkingOnChan:185 inMarkA' +
  'ssist:186 coroexit:187 raceignore:188 nocgocallback:189 tracking:190 trackingSeq:191 trackin' +
  'gStamp:192 runnableTime:200 lockedm:208 sig:216 writebuf:224 sigcode0:248 sigcode1:256 sigpc' +
  ':264 parentGoid:272 gopc:280 ancestors:288 startpc:296 racectx:304 waiting:312 cgoCtxt:320 l' +
  'abels:344 timer:352 selectDone:360 coroarg:368 goroutineProfiled:376 trace:384 gcAssistBytes' +
  ':416","432 stack:0 stackguard0:16 stackguard1:24 _panic:32 _defer:40 m:48 sched:56 syscallsp' +
  ':112 syscallpc:120 syscallbp:128 stktopsp:136 param:144 atomicstatus:152 stackLock:156 goid:' +
  '160 schedlink:168 waitsince:176 waitreason:184 preempt:185 preemptStop:186 preemptShrink:187' +
  ' asyncSafePoint:188 paniconfault:189 gcscandone:190 throwsplit:191 activeStackChans:192 park' +
  'ingOnChan:193 inMarkAssist:194 coroexit:195 raceignore:196 nocgocallback:197 tracking:198 tr' +
  'ackingSeq:199 trackingStamp:200 runnableTime:208 lockedm:216 sig:224 writebuf:232 sigcode0:2' +
  '56 sigcode1:264 sigpc:272 parentGoid:280 gopc:288 ancestors:296 startpc:304 racectx:312 wait' +
  'ing:320 cgoCtxt:328 labels:352 timer:360 sleepWhen:368 selectDone:376 goroutineProfiled:380 ' +
  'coroarg:384 trace:392 gcAssistBytes:424"],"runs":[[0,0],[2,1],[4,2],[6,3],[8,4]]},"runtime.h' +
  'map":{"layouts":["48 count:0 flags:8 B:9 noverflow:10 hash0:12 buckets:16 oldbuckets:24 neva' +
  'cuate:32 extra:40"],"runs":[[0,0]]},"runtime.m":{"layouts":["1008 g0:0 morebuf:8 divmod:64 p' +
  'rocid:72 gsignal:80 goSigStack:88 sigmask:128 tls:136 mstartfn:184 curg:192 caughtsig:200 p:' +
  '208 nextp:216 oldp:224 id:232 mallocing:240 throwing:244 preemptoff:248 locks:264 dying:268 ' +
  'profilehz:272 spinning:276 blocked:277 newSigstack:278 printlock:279 incgo:280 freeWait:284 ' +
  'fastrand:288 needextram:296 traceback:297 ncgocall:304 ncgo:312 cgoCallersUse:316 cgoCallers' +
  ':320 park:328 alllink:336 schedlink:344 lockedg:352 createstack:360 lockedExt:616 lockedInt:' +
  '620 nextwaitm:624 waitunlockf:632 waitlock:640 waittraceev:648 waittraceskip:656 startingtra' +
  'ce:664 syscalltick:668 freelink:672 libcall:680 libcallpc:728 libcallsp:736 libcallg:744 sys' +
  'call:752 vdsoSP:800 vdsoPC:808 preemptGen:816 signalPending:820 dlogPerM:824 mOS:824 locksHe' +
  'ldLen:840 locksHeld:848","1000 g0:0 morebuf:8 divmod:64 procid:72 gsignal:80 goSigStack:88 s' +
  'igmask:128 tls:136 mstartfn:184 curg:192 caughtsig:200 p:208 nextp:216 oldp:224 id:232 mallo' +
  'cing:240 throwing:244 preemptoff:248 locks:264 dying:268 profilehz:272 spinning:276 blocked:' +
  '277 newSigstack:278 printlock:279 incgo:280 isextra:281 freeWait:284 fastrand:288 needextram' +
  ':296 traceback:297 ncgocall:304 ncgo:312 cgoCallersUse:316 cgoCallers:320 park:328 alllink:3' +
  '36 schedlink:344 lockedg:352 createstack:360 lockedExt:616 lockedInt:620 nextwaitm:624 waitu' +
  'nlockf:632 waitlock:640 waittraceev:648 waittraceskip:656 startingtrace:664 syscalltick:668 ' +
  'freelink:672 libcall:680 libcallpc:728 libcallsp:736 libcallg:744 syscall:752 vdsoSP:800 vds' +
  'oPC:808 preemptGen:816 signalPending:820 dlogPerM:824 mOS:824 locksHeldLen:832 locksHeld:840' +
  '","1008 g0:0 morebuf:8 divmod:64 procid:72 gsignal:80 goSigStack:88 sigmask:128 tls:136 msta' +
  'rtfn:184 curg:192 caughtsig:200 p:208 nextp:216 oldp:224 id:232 mallocing:240 throwing:244 p' +
  'reemptoff:248 locks:264 dying:268 profilehz:272 spinning:276 blocked:277 newSigstack:278 pri' +
  'ntlock:279 incgo:280 isextra:281 isExtraInC:282 freeWait:284 fastrand:288 needextram:296 tra' +
  'ceback:297 ncgocall:304 ncgo:312 cgoCallersUse:316 cgoCallers:320 park:328 alllink:336 sched' +
  'link:344 lockedg:352 createstack:360 lockedExt:616 lockedInt:620 nextwaitm:624 waitunlockf:6' +
  '32 waitlock:640 waitTraceBlockReason:648 waitTraceSkip:656 syscalltick:664 freelink:672 trac' +
  'e:680 libcall:688 libcallpc:736 libcallsp:744 libcallg:752 syscall:760 vdsoSP:808 vdsoPC:816' +
  ' preemptGen:824 signalPending:828 dlogPerM:832 mOS:832 locksHeldLen:840 locksHeld:848","2024' +
  ' g0:0 morebuf:8 divmod:64 procid:72 gsignal:80 goSigStack:88 sigmask:128 tls:136 mstartfn:18' +
  '4 curg:192 caughtsig:200 p:208 nextp:216 oldp:224 id:232 mallocing:240 throwing:244 preempto' +
  'ff:248 locks:264 dying:268 profilehz:272 spinning:276 blocked:277 newSigstack:278 printlock:' +
  '279 incgo:280 isextra:281 isExtraInC:282 isExtraInSig:283 freeWait:284 needextram:288 traceb' +
  'ack:289 ncgocall:296 ncgo:304 cgoCallersUse:308 cgoCallers:312 park:320 alllink:328 schedlin' +
  'k:336 lockedg:344 createstack:352 lockedExt:608 lockedInt:612 nextwaitm:616 mLockProfile:624' +
  ' waitunlockf:920 waitlock:928 waitTraceBlockReason:936 waitTraceSkip:944 syscalltick:952 fre' +
  'elink:960 trace:968 libcall:1000 libcallpc:1048 libcallsp:1056 libcallg:1064 syscall:1072 vd' +
  'soSP:1120 vdsoPC:1128 preemptGen:1136 signalPending:1140 pcvalueCache:1144 dlogPerM:1536 mOS' +
  ':1536 chacha8:1544 cheaprand:1848 locksHeldLen:1856 locksHeld:1864","1760 g0:0 morebuf:8 div' +
  'mod:64 procid:72 gsignal:80 goSigStack:88 sigmask:128 tls:136 mstartfn:184 curg:192 caughtsi' +
  'g:200 p:208 nextp:216 oldp:224 id:232 mallocing:240 throwing:244 preemptoff:248 locks:264 dy' +
  'ing:268 profilehz:272 spinning:276 blocked:277 newSigstack:278 printlock:279 incgo:280 isext' +
  'ra:281 isExtraInC:282 isExtraInSig:283 freeWait:284 needextram:288 traceback:289 ncgocall:29' +
  '6 ncgo:304 cgoCallersUse:308 cgoCallers:312 park:320 alllink:328 schedlink:336 lockedg:344 c' +
  'reatestack:352 lockedExt:608 lockedInt:612 nextwaitm:616 mLockProfile:624 profStack:688 wait' +
  'unlockf:712 waitlock:720 waitTraceSkip:728 waitTraceBlockReason:736 syscalltick:740 freelink' +
  ':744 trace:752 libcall:784 libcallpc:832 libcallsp:840 libcallg:848 winsyscall:856 vdsoSP:85' +
  '6 vdsoPC:864 preemptGen:872 signalPending:876 pcvalueCache:880 dlogPerM:1272 mOS:1272 chacha' +
  '8:1280 cheaprand:1584 locksHeldLen:1592 locksHeld:1600","1784 g0:0 morebuf:8 divmod:64 proci' +
  'd:72 gsignal:80 goSigStack:88 sigmask:128 tls:136 mstartfn:184 curg:192 caughtsig:200 p:208 ' +
  'nextp:216 oldp:224 id:232 mallocing:240 throwing:244 preemptoff:248 locks:264 dying:268 prof' +
  'ilehz:272 spinning:276 blocked:277 newSigstack:278 printlock:279 incgo:280 isextra:281 isExt' +
  'raInC:282 isExtraInSig:283 freeWait:284 needextram:288 g0StackAccurate:289 traceback:290 all' +
  'pSnapshot:296 ncgocall:320 ncgo:328 cgoCallersUse:332 cgoCallers:336 park:344 alllink:352 sc' +
  'hedlink:360 lockedg:368 createstack:376 lockedExt:632 lockedInt:636 nextwaitm:640 mLockProfi' +
  'le:648 profStack:712 waitunlockf:736 waitlock:744 waitTraceSkip:752 waitTraceBlockReason:760' +
  ' syscalltick:764 freelink:768 trace:776 libcall:808 libcallpc:856 libcallsp:864 libcallg:872' +
  ' winsyscall:880 vdsoSP:880 vdsoPC:888 preemptGen:896 signalPending:900 pcvalueCache:904 dlog' +
  'PerM:1296 mOS:1296 chacha8:1304 cheaprand:1608 locksHeldLen:1616 locksHeld:1624"],"runs":[[0' +
  ',0],[2,1],[4,2],[6,3],[8,4],[9,5]]},"runtime.moduledata":{"layouts":["552 pcHeader:0 funcnam' +
  'etab:8 cutab:32 filetab:56 pctab:80 pclntable:104 ftab:128 findfunctab:152 minpc:160 maxpc:1' +
  '68 text:176 etext:184 noptrdata:192 enoptrdata:200 data:208 edata:216 bss:224 ebss:232 noptr' +
  'bss:240 enoptrbss:248 end:256 gcdata:264 gcbss:272 types:280 etypes:288 rodata:296 gofunc:30' +
  '4 textsectmap:312 typelinks:336 itablinks:360 ptab:384 pluginpath:408 pkghashes:424 modulena' +
  'me:448 modulehashes:464 hasmain:488 gcdatamask:496 gcbssmask:512 typemap:528 bad:536 next:54' +
  '4","568 pcHeader:0 funcnametab:8 cutab:32 filetab:56 pctab:80 pclntable:104 ftab:128 findfun' +
  'ctab:152 minpc:160 maxpc:168 text:176 etext:184 noptrdata:192 enoptrdata:200 data:208 edata:' +
  '216 bss:224 ebss:232 noptrbss:240 enoptrbss:248 covctrs:256 ecovctrs:264 end:272 gcdata:280 ' +
  'gcbss:288 types:296 etypes:304 rodata:312 gofunc:320 textsectmap:328 typelinks:352 itablinks' +
  ':376 ptab:400 pluginpath:424 pkghashes:440 modulename:464 modulehashes:480 hasmain:504 gcdat' +
  'amask:512 gcbssmask:528 typemap:544 bad:552 next:560","592 NotInHeap:0 pcHeader:0 funcnameta' +
  'b:8 cutab:32 filetab:56 pctab:80 pclntable:104 ftab:128 findfunctab:152 minpc:160 maxpc:168 ' +
  'text:176 etext:184 noptrdata:192 enoptrdata:200 data:208 edata:216 bss:224 ebss:232 noptrbss' +
  ':240 enoptrbss:248 covctrs:256 ecovctrs:264 end:272 gcdata:280 gcbss:288 types:296 etypes:30' +
  '4 rodata:312 gofunc:320 textsectmap:328 typelinks:352 itablinks:376 ptab:400 pluginpath:424 ' +
  'pkghashes:440 inittasks:464 modulename:488 modulehashes:504 hasmain:528 gcdatamask:536 gcbss' +
  'mask:552 typemap:568 bad:576 next:584","584 NotInHeap:0 pcHeader:0 funcnametab:8 cutab:32 fi' +
  'letab:56 pctab:80 pclntable:104 ftab:128 findfunctab:152 minpc:160 maxpc:168 text:176 etext:' +
  '184 noptrdata:192 enoptrdata:200 data:208 edata:216 bss:224 ebss:232 noptrbss:240 enoptrbss:' +
  '248 covctrs:256 ecovctrs:264 end:272 gcdata:280 gcbss:288 types:296 etypes:304 rodata:312 go' +
  'func:320 textsectmap:328 typelinks:352 itablinks:376 ptab:400 pluginpath:424 pkghashes:440 i' +
  'nittasks:464 modulename:488 modulehashes:504 hasmain:528 bad:529 gcdatamask:536 gcbssmask:55' +
  '2 typemap:568 next:576"],"runs":[[0,0],[2,1],[4,2],[8,3]]},"runtime.p":{"layouts":["8912 id:' +
  '0 status:4 link:8 schedtick:16 syscalltick:20 sysmontick:24 m:56 mcache:64 pcache:72 racepro' +
  'cctx:96 deferpool:104 deferpoolbuf:128 goidcache:384 goidcacheend:392 runqhead:400 runqtail:' +
  '404 runq:408 runnext:2456 gFree:2464 sudogcache:2480 sudogbuf:2504 mspancache:3528 tracebuf:' +
  '4560 traceSweep:4568 traceSwept:4576 traceReclaimed:4584 palloc:4592 timer0When:4616 timerMo' +
  'difiedEarliest:4624 gcAssistTime:4632 gcFractionalMarkTime:4640 limiterEvent:4648 gcMarkWork' +
  'erMode:4656 gcMarkWorkerStartTime:4664 gcw:4672 wbBuf:4712 runSafePointFn:8824 statsSeq:8828' +
  ' timersLock:8832 timers:8840 numTimers:8864 deletedTimers:8868 timerRaceCtx:8872 maxStackSca' +
  'nDelta:8880 scannedStackSize:8888 scannedStacks:8896 preempt:8904","8904 id:0 status:4 link:' +
  '8 schedtick:16 syscalltick:20 sysmontick:24 m:56 mcache:64 pcache:72 raceprocctx:96 deferpoo' +
  'l:104 deferpoolbuf:128 goidcache:384 goidcacheend:392 runqhead:400 runqtail:404 runq:408 run' +
  'next:2456 gFree:2464 sudogcache:2480 sudogbuf:2504 mspancache:3528 tracebuf:4560 traceSweep:' +
  '4568 traceSwept:4576 traceReclaimed:4584 palloc:4592 timer0When:4608 timerModifiedEarliest:4' +
  '616 gcAssistTime:4624 gcFractionalMarkTime:4632 limiterEvent:4640 gcMarkWorkerMode:4648 gcMa' +
  'rkWorkerStartTime:4656 gcw:4664 wbBuf:4704 runSafePointFn:8816 statsSeq:8820 timersLock:8824' +
  ' timers:8832 numTimers:8856 deletedTimers:8860 timerRaceCtx:8864 maxStackScanDelta:8872 scan' +
  'nedStackSize:8880 scannedStacks:8888 preempt:8896 pageTraceBuf:8897","8912 id:0 status:4 lin' +
  'k:8 schedtick:16 syscalltick:20 sysmontick:24 m:56 mcache:64 pcache:72 raceprocctx:96 deferp' +
  'ool:104 deferpoolbuf:128 goidcache:384 goidcacheend:392 runqhead:400 runqtail:404 runq:408 r' +
  'unnext:2456 gFree:2464 sudogcache:2480 sudogbuf:2504 mspancache:3528 pinnerCache:4560 trace:' +
  '4568 palloc:4600 timer0When:4616 timerModifiedEarliest:4624 gcAssistTime:4632 gcFractionalMa' +
  'rkTime:4640 limiterEvent:4648 gcMarkWorkerMode:4656 gcMarkWorkerStartTime:4664 gcw:4672 wbBu' +
  'f:4712 runSafePointFn:8824 statsSeq:8828 timersLock:8832 timers:8840 numTimers:8864 deletedT' +
  'imers:8868 timerRaceCtx:8872 maxStackScanDelta:8880 scannedStackSize:8888 scannedStacks:8896' +
  ' preempt:8904 pageTraceBuf:8905","8944 id:0 status:4 link:8 schedtick:16 syscalltick:20 sysm' +
  'ontick:24 m:56 mcache:64 pcache:72 raceprocctx:96 deferpool:104 deferpoolbuf:128 goidcache:3' +
  '84 goidcacheend:392 runqhead:400 runqtail:404 runq:408 runnext:2456 gFree:2464 sudogcache:24' +
  '80 sudogbuf:2504 mspancache:3528 pinnerCache:4560 trace:4568 palloc:4632 timer0When:4648 tim' +
  'erModifiedEarliest:4656 gcAssistTime:4664 gcFractionalMarkTime:4672 limiterEvent:4680 gcMark' +
  'WorkerMode:4688 gcMarkWorkerStartTime:4696 gcw:4704 wbBuf:4744 runSafePointFn:8856 statsSeq:' +
  '8860 timersLock:8864 timers:8872 numTimers:8896 deletedTimers:8900 timerRaceCtx:8904 maxStac' +
  'kScanDelta:8912 scannedStackSize:8920 scannedStacks:8928 preempt:8936 pageTraceBuf:8937","89' +
  '44 id:0 status:4 link:8 schedtick:16 syscalltick:20 sysmontick:24 m:48 mcache:56 pcache:64 r' +
  'aceprocctx:88 deferpool:96 deferpoolbuf:120 goidcache:376 goidcacheend:384 runqhead:392 runq' +
  'tail:396 runq:400 runnext:2448 gFree:2456 sudogcache:2472 sudogbuf:2496 mspancache:3520 pinn' +
  'erCache:4552 trace:4560 palloc:4624 gcAssistTime:4640 gcFractionalMarkTime:4648 limiterEvent' +
  ':4656 gcMarkWorkerMode:4664 gcMarkWorkerStartTime:4672 gcw:4680 wbBuf:4720 runSafePointFn:88' +
  '32 statsSeq:8836 timers:8840 maxStackScanDelta:8904 scannedStackSize:8912 scannedStacks:8920' +
  ' preempt:8928 gcStopTime:8936"],"runs":[[0,0],[2,1],[4,2],[6,3],[8,4]]},"sync.Mutex":{"layou' +
  'ts":["8 state:0 sema:4"],"runs":[[0,0]]}}}}}';
