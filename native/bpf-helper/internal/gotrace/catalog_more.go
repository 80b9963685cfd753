// SPDX-License-Identifier: Apache-2.0

package gotrace

import "slices"

const transport = grpc + "/internal/transport."

var grpcStatus = []string{
	grpc + "/internal/status.Status.s", "google.golang.org/genproto/googleapis/rpc/status.Status.Code",
}

func moreLibraries() []Library {
	return slices.Concat([]Library{grpcServer(), grpcClient()}, databaseSQL(), calls(), routers(),
		manualSpans())
}

// grpcServer has three layouts of a stream (grpc-go 1.69 and 1.77 changed it) under one name.
func grpcServer() Library {
	status := func(name string) Function {
		return end(transport+name, "grpc_server_end", atEntry)
	}
	return Library{
		Name: "grpc server", Module: grpc,
		Functions: []Function{
			begin(grpc+".(*Server).handleStream", "grpc_server_begin"),
			status("(*http2Server).writeStatus").anyOf("end of a stream"),
			status("(*http2Server).WriteStatus").anyOf("end of a stream"),
			status("(*serverHandlerTransport).writeStatus").optional(),
			status("(*serverHandlerTransport).WriteStatus").optional(),
		},
		Fields: join(
			need(transport+"Stream.method", transport+"Stream.ctx"), need(grpcStatus...),
			may(transport+"ServerStream.Stream", transport+"ServerStream.st",
				"google.golang.org/genproto/googleapis/rpc/status.Status.Message",
				transport+"http2Server.peer", transport+"http2Server.remoteAddr",
				"net.TCPAddr.IP", "net.TCPAddr.Port"),
		),
	}
}

func grpcClient() Library {
	return Library{
		Name: "grpc client", Module: grpc,
		Functions: []Function{
			begin(grpc+".(*clientStream).newAttemptLocked", "grpc_client_begin"),
			end(grpc+".(*clientStream).finish", "grpc_client_end", atEntry),
			// Calls that never had a stream end here.
			end(grpc+".(*clientStream).retryLocked", "grpc_client_retry", atEntry).optional(),
			end(grpc+".(*clientStream).retryLocked", "grpc_client_failed", atReturns).optional(),
		},
		Fields: join(
			need(grpc+".clientStream.ctx", grpc+".clientStream.callHdr", transport+"CallHdr.Method"),
			need(grpcStatus...), need(grpc+"/internal/status.Error.s"),
			may(grpc+".clientStream.cc", grpc+".ClientConn.target", transport+"CallHdr.Host",
				grpc+".clientStream.desc", grpc+".StreamDesc.ServerStreams",
				grpc+".StreamDesc.ClientStreams",
				"google.golang.org/genproto/googleapis/rpc/status.Status.Message"),
		),
	}
}

const (
	sql = "database/sql."
	// As in bpf/go/layouts.h and sql.h.
	detailQuery     = 1
	detailExec      = 2
	errorIsThird    = 2
	rowsInitContext = sql + "(*Rows).initContextClose"
)

// databaseSQL is a library for each way in: the linker drops those that a program does not use.
func databaseSQL() []Library {
	execEnd := end(sql+"(*DB).execDC", "sql_return", atDeferred).with(errorIsThird)
	execEnd.deferred, execEnd.deferredProgram = sql+"(*DB).execDC.func1", "sql_exec_deferred"
	way := func(name string, functions ...Function) Library {
		return Library{
			Name: name, Module: std, Functions: functions,
			Fields: may(sql+"DB.connector", sql+"dsnConnector.dsn", sql+"dsnConnector.driver",
				sql+"Stmt.db", sql+"Stmt.query"),
		}
	}
	return []Library{
		way("database/sql query",
			begin(sql+"(*DB).queryDC", "sql_query_begin"),
			end(sql+"(*DB).queryDC", "sql_return", atReturns, rowsInitContext),
			end(rowsInitContext, "sql_query_success", atEntry)),
		way("database/sql exec", begin(sql+"(*DB).execDC", "sql_exec_begin"), execEnd),
		// Where queryDC is there as well, initContextClose has ended a query that succeeds.
		way("database/sql prepared query",
			begin(sql+"(*Stmt).QueryContext", "sql_stmt_begin").with(detailQuery),
			end(sql+"(*Stmt).QueryContext", "sql_return", atReturns)),
		way("database/sql prepared exec",
			begin(sql+"(*Stmt).ExecContext", "sql_stmt_begin").with(detailExec),
			end(sql+"(*Stmt).ExecContext", "sql_return", atReturns).with(errorIsThird)),
	}
}
