// SPDX-License-Identifier: Apache-2.0

// rpc serves gRPC and calls itself; the HTTP path says how.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

type text = wrapperspb.StringValue

var database *sql.DB

func unary(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	in := new(text)
	if err := decode(in); err != nil {
		return nil, err
	}
	switch in.GetValue() {
	case "missing":
		return nil, status.Error(codes.NotFound, "no such thing")
	case "plain":
		return nil, fmt.Errorf("no status")
	case "query":
		_, err := database.ExecContext(ctx, "UPDATE t SET a = 1")
		return in, err
	case "slow":
		// Not an answer: it could be there before its caller gives up.
		<-ctx.Done()
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	return in, nil
}

func stream(_ any, s grpc.ServerStream) error {
	for {
		in := new(text)
		if err := s.RecvMsg(in); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if in.GetValue() == "abort" {
			return status.Error(codes.Aborted, "stopped")
		}
		if err := s.SendMsg(in); err != nil {
			return err
		}
	}
}

var description = grpc.ServiceDesc{
	ServiceName: "test.v1.Echo", HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{MethodName: "Say", Handler: unary}},
	Streams: []grpc.StreamDesc{{StreamName: "Chat", Handler: stream, ClientStreams: true, ServerStreams: true}},
}

func chat(ctx context.Context, cc *grpc.ClientConn, value string) error {
	s, err := cc.NewStream(ctx, &description.Streams[0], "/test.v1.Echo/Chat")
	if err != nil {
		return err
	}
	for i := 0; i < 3; i++ {
		if err := s.SendMsg(wrapperspb.String(value)); err != nil {
			break
		}
	}
	if err := s.CloseSend(); err != nil {
		return err
	}
	for {
		if err := s.RecvMsg(new(text)); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func say(ctx context.Context, cc *grpc.ClientConn, value string) error {
	return cc.Invoke(ctx, "/test.v1.Echo/Say", wrapperspb.String(value), new(text))
}

func drain(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

func query(ctx context.Context, how string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	switch how {
	case "select":
		return drain(database.QueryContext(ctx, "SELECT a FROM t WHERE b = ?", 1))
	case "selectfail":
		return drain(database.QueryContext(ctx, "SELECT fail FROM t"))
	case "selectpanic":
		return drain(database.QueryContext(ctx, "SELECT panic FROM t"))
	case "exec":
		_, err = database.ExecContext(ctx, "INSERT INTO t VALUES ("+strings.Repeat("1, ", 1000)+"1)")
	case "execfail":
		_, err = database.ExecContext(ctx, "UPDATE fail SET a = 1")
	case "execpanic":
		_, err = database.ExecContext(ctx, "UPDATE panic SET a = 1")
	case "transaction":
		tx, err := database.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM t"); err != nil {
			return err
		}
		return tx.Commit()
	case "prepared", "preparedexec":
		s, err := database.PrepareContext(ctx, "SELECT prepared FROM t")
		if err != nil {
			return err
		}
		defer s.Close()
		if how == "prepared" {
			return drain(s.QueryContext(ctx))
		}
		_, err = s.ExecContext(ctx)
		return err
	}
	return err
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer()
	server.RegisterService(&description, nil)
	go server.Serve(listener)
	cc, err := dial(listener.Addr().String())
	if err != nil {
		panic(err)
	}
	nobody, err := dial("127.0.0.1:1")
	if err != nil {
		panic(err)
	}
	if database, err = sql.Open("fake", "fake://user:secret@db.example:5432/shop"); err != nil {
		panic(err)
	}
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	cleartext := serveCleartext()
	fmt.Println(front.Addr())
	panic(http.Serve(front, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		how, value, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		ctx := r.Context()
		if header := r.Header.Get("X-Outbound"); header != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "traceparent", header)
		}
		var err error
		switch how {
		case "say":
			err = say(ctx, cc, value)
		case "nobody":
			err = say(ctx, nobody, value)
		case "timeout":
			ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			err = say(ctx, cc, "slow")
			cancel()
		case "chat":
			err = chat(ctx, cc, value)
		case "cancel":
			ctx, cancel := context.WithCancel(ctx)
			var s grpc.ClientStream
			if s, err = cc.NewStream(ctx, &description.Streams[0], "/test.v1.Echo/Chat"); err == nil {
				err = s.SendMsg(wrapperspb.String("x"))
			}
			cancel()
		case "sql":
			err = query(ctx, value)
		case "cleartext":
			err = cleartext(ctx, "/"+value)
		}
		fmt.Fprintln(w, err)
	})))
}
