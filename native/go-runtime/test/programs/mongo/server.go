// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"io"
	"net"

	"go.mongodb.org/mongo-driver/bson"
	"otelkit.example/programs/internal/call"
)

// Operations of MongoDB's wire protocol.
const (
	opReply = 1
	opQuery = 2004
	opMsg   = 2013
)

var (
	hello = bson.D{{Key: "ok", Value: 1}, {Key: "ismaster", Value: true}, {Key: "isWritablePrimary", Value: true},
		{Key: "minWireVersion", Value: 0}, {Key: "maxWireVersion", Value: 21}, {Key: "maxBsonObjectSize", Value: 16 << 20},
		{Key: "maxMessageSizeBytes", Value: 48 << 20}, {Key: "maxWriteBatchSize", Value: 1000}}
	answers = map[string]bson.D{
		"insert": {{Key: "ok", Value: 1}, {Key: "n", Value: 1}},
		"find": {{Key: "ok", Value: 1}, {Key: "cursor", Value: bson.D{{Key: "id", Value: int64(0)},
			{Key: "ns", Value: "shop.items"}, {Key: "firstBatch", Value: bson.A{}}}}},
		"fail": {{Key: "ok", Value: 0}, {Key: "code", Value: 59}, {Key: "codeName", Value: "CommandNotFound"},
			{Key: "errmsg", Value: "no such command"}},
	}
)

func converse(c net.Conn) {
	defer c.Close()
	for {
		var head [16]byte
		if _, err := io.ReadFull(c, head[:]); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint32(head[:])-16)
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		id, operation := binary.LittleEndian.Uint32(head[4:]), binary.LittleEndian.Uint32(head[12:])
		answer, answering, lead := hello, uint32(opReply), make([]byte, 20)
		lead[16] = 1 // one document
		if operation == opMsg {
			answering, lead = opMsg, make([]byte, 5)
			elements, err := bson.Raw(body[5:]).Elements()
			call.Must(err)
			if a, ok := answers[elements[0].Key()]; ok {
				answer = a
			}
		}
		document, err := bson.Marshal(answer)
		call.Must(err)
		out := binary.LittleEndian.AppendUint32(nil, uint32(16+len(lead)+len(document)))
		out = binary.LittleEndian.AppendUint32(out, 1)
		out = binary.LittleEndian.AppendUint32(out, id)
		out = binary.LittleEndian.AppendUint32(out, answering)
		c.Write(append(append(out, lead...), document...))
	}
}
