// SPDX-License-Identifier: Apache-2.0

// shop is three services in one program: `shop STOCK PRICE` asks `stock` by HTTP, `price` by gRPC, and
// a database. With the build tag byhand it is instrumented with OpenTelemetry's own libraries.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

type text = wrapperspb.StringValue

const getPrice = "/shop.v1.Price/Get"

func main() {
	if len(os.Args) < 2 {
		must(fmt.Errorf("usage: shop stock | price | shop STOCK PRICE"))
	}
	end := setUp()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Println(listener.Addr())
	switch os.Args[1] {
	case "stock":
		go http.Serve(listener, handler(stock()))
	case "price":
		server := grpc.NewServer(serverOptions()...)
		server.RegisterService(&description, nil)
		go server.Serve(listener)
	case "shop":
		go http.Serve(listener, handler(shop(os.Args[2], os.Args[3])))
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	end()
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func stock() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stock/{id}", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]string{"id": r.PathValue("id"), "count": "3"})
	})
	return mux
}

// get is what protoc-gen-go-grpc generates for a method.
func get(_ any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
	in := new(text)
	if err := decode(in); err != nil {
		return nil, err
	}
	handle := func(context.Context, any) (any, error) { return wrapperspb.String("price of " + in.GetValue()), nil }
	if intercept == nil {
		return handle(ctx, in)
	}
	return intercept(ctx, in, &grpc.UnaryServerInfo{FullMethod: getPrice}, handle)
}

var description = grpc.ServiceDesc{
	ServiceName: "shop.v1.Price", HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{MethodName: "Get", Handler: get}},
}

func shop(stock, price string) http.Handler {
	connection, err := grpc.NewClient(price, append(dialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	must(err)
	database, err := open("fake", "postgres://user@db.example:5432/shop")
	must(err)
	client := &http.Client{Timeout: 5 * time.Second, Transport: transport(&http.Transport{MaxIdleConnsPerHost: 64})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ping", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "pong\n") })
	mux.HandleFunc("GET /user/{id}", func(w http.ResponseWriter, r *http.Request) {
		var out struct {
			Stock       map[string]string
			Name, Price string
		}
		err := ask(r.Context(), client, "http://"+stock+"/stock/"+r.PathValue("id"), &out.Stock)
		if err == nil {
			out.Name, err = query(r.Context(), database, r.PathValue("id"))
		}
		in, reply := wrapperspb.String(r.PathValue("id")), new(text)
		if err == nil {
			err = connection.Invoke(r.Context(), getPrice, in, reply)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		out.Price = reply.GetValue()
		json.NewEncoder(w).Encode(out)
	})
	return mux
}

func ask(ctx context.Context, client *http.Client, url string, out any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return json.NewDecoder(response.Body).Decode(out)
}

func query(ctx context.Context, database *sql.DB, id string) (name string, err error) {
	rows, err := database.QueryContext(ctx, "SELECT name FROM items WHERE id = $1", id)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&name); err != nil {
			return "", err
		}
	}
	return name, rows.Err()
}
