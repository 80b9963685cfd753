// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"strings"
	"testing"
)

const (
	grpcServerKind, grpcClientKind, sqlKind = 3, 4, 5
	textRPC, textTarget, textSQL            = 10, 11, 12
	textDSN, textMessage, textPeerBinary    = 13, 15, 21
	say, chat                               = "/test.v1.Echo/Say", "/test.v1.Echo/Chat"
	codeOK, codeUnknown, codeDeadline       = 0, 2, 4
	codeNotFound, codeAborted               = 5, 10
)

func TestGRPC(t *testing.T) {
	r := newRig(t, Settings{})
	testGRPC(t, r, build(t, "rpc"))
}

func testGRPC(t *testing.T, r *rig, p *program) {
	_, attached := r.attach(p)
	if len(attached.Problems) > 0 {
		t.Errorf("%+v", attached.Problems)
	}
	for _, s := range attached.Sites {
		if strings.HasPrefix(s.Library, "grpc") && !s.Emulated {
			t.Errorf("a dear site: %+v", s)
		}
	}
	addresses, _ := run(t, p, 1)
	at := addresses[0]
	for _, c := range []struct {
		path, method   string
		client, server int32
	}{
		{"/say/hello", say, codeOK, codeOK},
		{"/say/missing", say, codeNotFound, codeNotFound},
		{"/say/plain", say, codeUnknown, codeUnknown},
		{"/timeout", say, codeDeadline, codeDeadline},
		{"/chat/hello", chat, codeOK, codeOK},
		{"/chat/abort", chat, codeAborted, codeAborted},
	} {
		t.Run("a call is a span on either side: "+c.path, func(t *testing.T) {
			r.spans = nil
			get(t, at, c.path)
			spans := r.wait(3)
			front := one(t, spans, httpServer, textPath, c.path)
			client := one(t, spans, grpcClientKind, textRPC, c.method)
			server := one(t, spans, grpcServerKind, textRPC, c.method)
			if client.parent != front.id || client.trace != front.trace || client.status != c.client ||
				(client.flags&flagError != 0) != (c.client != 0) || client.texts[textTarget] == "" ||
				(client.detail == 3) != (c.method == chat) {
				t.Errorf("client %+v", client)
			}
			if server.status != c.server && c.path != "/timeout" || len(server.texts[textPeerBinary]) != 6 {
				t.Errorf("server %+v", server)
			}
			if c.client == codeNotFound && client.texts[textMessage] != "no such thing" {
				t.Errorf("message %q", client.texts[textMessage])
			}
		})
	}
	t.Run("HTTP/2 without TLS by golang.org/x/net", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/cleartext/inner")
		if s := one(t, r.wait(2), httpServer, textPath, "/inner"); s.status != 202 || s.detail != detailH2 ||
			s.protocol != 0x200 || s.parent != none {
			t.Errorf("%+v", s)
		}
		r.spans = nil
		get(t, at, "/cleartext/panic")
		if s := one(t, r.wait(2), httpServer, textPath, "/panic"); s.flags&flagPanic == 0 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("a stream that its caller gives up ends as well", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/cancel")
		spans := r.wait(3)
		if client := one(t, spans, grpcClientKind, textRPC, chat); client.status != 1 {
			t.Errorf("%+v", client)
		}
		one(t, spans, grpcServerKind, textRPC, chat)
	})
	t.Run("an inbound traceparent is the parent", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/say/hello", "X-Outbound", "00-"+sampledTrace+"-"+sampledParent+"-01")
		server := one(t, r.wait(3), grpcServerKind, textRPC, say)
		if server.trace != sampledTrace || server.parent != sampledParent || server.flags&flagRemote == 0 {
			t.Errorf("%+v", server)
		}
	})
	t.Run("work of a stream's goroutine is its child", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/say/query")
		spans := r.wait(4)
		server := one(t, spans, grpcServerKind, textRPC, say)
		if query := one(t, spans, sqlKind, textSQL, "UPDATE t SET a = 1"); query.parent != server.id {
			t.Errorf("%+v\n%+v", server, query)
		}
	})
}

func TestSQL(t *testing.T) {
	r := newRig(t, Settings{Statement: new(true)})
	p := build(t, "rpc")
	_, attached := r.attach(p)
	dear := 0
	for _, s := range attached.Sites {
		t.Logf("%s %s at %s %#x emulated %v", s.Library, s.Function, s.Kind, s.Vaddr, s.Emulated)
		if s.Function == "database/sql.(*DB).execDC" && !s.Emulated {
			dear++
		}
	}
	if dear > 0 {
		t.Errorf("%d dear sites in execDC", dear)
	}
	addresses, _ := run(t, p, 1)
	long := "INSERT INTO t VALUES (" + strings.Repeat("1, ", 1000) + "1)"
	for how, c := range map[string]struct {
		text   string
		failed bool
		detail uint8
	}{
		"select": {"SELECT a FROM t WHERE b = ?", false, 1}, "selectfail": {"SELECT fail FROM t", true, 1},
		"exec": {long[:2048], false, 2}, "execfail": {"UPDATE fail SET a = 1", true, 2},
		"transaction": {"DELETE FROM t", false, 2}, "execpanic": {"UPDATE panic SET a = 1", true, 2},
		"prepared": {"SELECT prepared FROM t", false, 1}, "preparedexec": {"SELECT prepared FROM t", false, 2},
	} {
		t.Run(how, func(t *testing.T) {
			r.spans = nil
			get(t, addresses[0], "/sql/"+how)
			spans := r.wait(2)
			front := one(t, spans, httpServer, textPath, "/sql/"+how)
			query := one(t, spans, sqlKind, textSQL, c.text)
			if query.parent != front.id || (query.flags&flagError != 0) != c.failed || query.detail != c.detail ||
				query.texts[textDSN] != "fake://user:secret@db.example:5432/shop" {
				t.Errorf("%+v", query)
			}
			if how == "exec" && query.full[textSQL] != uint32(len(long)) {
				t.Errorf("%d bytes", query.full[textSQL])
			}
			if c.failed != (query.errorType != 0) && how != "execpanic" {
				t.Errorf("error type %#x", query.errorType)
			}
		})
	}
}
