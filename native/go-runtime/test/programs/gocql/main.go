// SPDX-License-Identifier: Apache-2.0

// gocql against a server that knows one host and answers every statement with nothing.
package main

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gocql/gocql"
	"otelkit.example/programs/internal/call"
)

func main() {
	host, port, _ := net.SplitHostPort(call.Accept(converse))
	cluster := gocql.NewCluster(host)
	cluster.Port, _ = strconv.Atoi(port)
	cluster.ProtoVersion, cluster.DisableInitialHostLookup = 4, true
	cluster.Timeout, cluster.ConnectTimeout, cluster.NumConns = time.Minute, time.Minute, 1
	session, err := cluster.CreateSession()
	call.Must(err)
	call.Must(session.Query("INSERT INTO items (id) VALUES (1)").Exec())
	session.Query("SELECT boom FROM items").Exec()
	batch := session.NewBatch(gocql.LoggedBatch)
	batch.Query("INSERT INTO items (id) VALUES (2)")
	batch.Query("INSERT INTO items (id) VALUES (3)")
	call.Must(session.ExecuteBatch(batch))
	os.Exit(0)
}

// Operations of the CQL binary protocol, version 4.
const (
	opError, opReady, opSupported, opResult = 0, 2, 6, 8
	opStartup, opOptions, opQuery           = 1, 5, 7
	opPrepare, opExecute                    = 9, 10
)

func converse(c net.Conn) {
	defer c.Close()
	for {
		var head [9]byte
		if _, err := io.ReadFull(c, head[:]); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[5:]))
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		operation, answer := byte(opResult), []byte{0, 0, 0, 1} // void
		switch {
		case head[4] == opOptions:
			operation, answer = opSupported, []byte{0, 0}
		case head[4] == opStartup || head[4] == 11: // REGISTER
			operation, answer = opReady, nil
		case head[4] == opQuery && strings.Contains(string(body), "system."):
			answer = local()
		case head[4] == opPrepare:
			answer = prepared(string(body[4:]))
		case head[4] == opExecute && strings.Contains(string(body), "boom"):
			operation, answer = opError, append([]byte{0, 0, 0x22, 0}, text("no such column")...)
		}
		out := []byte{0x84, 0, head[2], head[3], operation}
		out = binary.BigEndian.AppendUint32(out, uint32(len(answer)))
		c.Write(append(out, answer...))
	}
}

func text(s string) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...) }

// prepared answers with the statement as its own ID, without parameters or columns.
func prepared(statement string) []byte {
	b := append([]byte{0, 0, 0, 4}, text(statement)...)
	b = append(b, make([]byte, 12)...)       // flags, columns, keys
	return append(b, 0, 0, 0, 4, 0, 0, 0, 0) // no metadata of the result
}

// local is system.local with the columns that gocql needs: rows, of varchar (13).
func local() []byte {
	columns := [][2]string{{"data_center", "dc"}, {"rack", "r"}, {"host_id", "0123456789abcdef"}, {"release_version", "4.0.0"}}
	b := []byte{0, 0, 0, 2, 0, 0, 0, 1}
	b = binary.BigEndian.AppendUint32(b, uint32(len(columns)))
	b = append(append(b, text("system")...), text("local")...)
	for _, c := range columns {
		kind := []byte{0, 13}
		if c[0] == "host_id" {
			kind[1] = 12 // uuid
		}
		b = append(append(b, text(c[0])...), kind...)
	}
	b = append(b, 0, 0, 0, 1)
	for _, c := range columns {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(c[1]))), c[1]...)
	}
	return b
}
