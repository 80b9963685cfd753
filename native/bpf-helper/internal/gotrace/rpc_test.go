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
	codeUnavailable                         = 14
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
		// Only what failed comes to retryLocked.
		if strings.HasPrefix(s.Library, "grpc") && !s.Emulated && !strings.HasSuffix(s.Function, ".retryLocked") {
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
	t.Run("a call that reaches nobody is one as well", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/nobody/hello")
		spans := r.wait(2)
		front := one(t, spans, httpServer, textPath, "/nobody/hello")
		client := one(t, spans, grpcClientKind, textRPC, say)
		if client.parent != front.id || client.status != codeUnavailable || client.flags&flagError == 0 ||
			!strings.Contains(client.texts[textMessage], "refused") {
			t.Errorf("client %+v", client)
		}
	})
	t.Run("HTTP/2 without TLS by golang.org/x/net", func(t *testing.T) {
		r.spans = nil
		get(t, at, "/cleartext/inner")
		spans := r.wait(3)
		if s := one(t, spans, httpServer, textPath, "/inner"); s.status != 202 || s.detail != detailH2 ||
			s.protocol != 0x200 || s.parent != none {
			t.Errorf("%+v", s)
		}
		front := one(t, spans, httpServer, textPath, "/cleartext/inner")
		if s := one(t, spans, httpClient, textPath, "/inner"); s.status != 202 || s.detail != detailH2 ||
			s.parent != front.id {
			t.Errorf("%+v", s)
		}
		r.spans = nil
		get(t, at, "/cleartext/panic")
		spans = r.wait(3)
		if s := one(t, spans, httpServer, textPath, "/panic"); s.flags&flagPanic == 0 {
			t.Errorf("%+v", s)
		}
		if s := one(t, spans, httpClient, textPath, "/panic"); s.flags&flagError == 0 {
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
	t.Run("none of them stays open", func(t *testing.T) { r.untilNoneIsOpen() })
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
	t.Run("a query whose driver panicked is forgotten in the end", func(t *testing.T) {
		r.spans = nil
		get(t, addresses[0], "/sql/selectpanic")
		r.wait(1)
		nowNs := one(t, r.spans, httpServer, textPath, "/sql/selectpanic").end
		if n, err := r.tracer.Sweep(nowNs); n != 0 || err != nil {
			t.Errorf("swept %d, %v", n, err)
		}
		if n, err := r.tracer.Sweep(nowNs + longestCallNs); n != 1 || err != nil {
			t.Errorf("swept %d, %v", n, err)
		}
		r.untilNoneIsOpen()
	})
}
