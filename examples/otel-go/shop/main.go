// SPDX-License-Identifier: Apache-2.0

// shop is two small services and their customers, for a first look at `otel-go attach`: nothing in it
// knows of tracing.
//
//	shop stock 127.0.0.1:8081
//	shop front 127.0.0.1:8080 http://127.0.0.1:8081
//	shop customers http://127.0.0.1:8080
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net/http"
	"os"
	"time"
)

func main() {
	words := append(os.Args[1:], "", "", "")
	switch words[0] {
	case "stock":
		log.Fatal(http.ListenAndServe(words[1], stock()))
	case "front":
		log.Fatal(http.ListenAndServe(words[1], front(words[2])))
	case "customers":
		customers(words[1])
	default:
		log.Fatal("usage: shop stock ADDRESS | front ADDRESS STOCK_URL | customers FRONT_URL")
	}
}

// stock knows how many there are of each thing; it has a database.
func stock() http.Handler {
	db, err := sql.Open("memory", "")
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stock/{item}", func(w http.ResponseWriter, r *http.Request) {
		item := r.PathValue("item")
		count := 0
		row := db.QueryRowContext(r.Context(), "SELECT count FROM stock WHERE item = ?", item)
		if err := row.Scan(&count); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(map[string]any{"item": item, "count": count})
	})
	return mux
}

// front answers customers, and asks stock.
func front(stockURL string) http.Handler {
	client := &http.Client{Timeout: 5 * time.Second}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /buy/{item}", func(w http.ResponseWriter, r *http.Request) {
		item := r.PathValue("item")
		answer := make(chan error, 1)
		// In another goroutine: its call is still part of this request.
		go func() { answer <- ask(r.Context(), client, stockURL+"/stock/"+item) }()
		price := priceOf(item)
		if err := <-answer; err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		fmt.Fprintf(w, "%s for %d\n", item, price)
	})
	return mux
}

func ask(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("stock: %s", answer.Status)
	}
	return nil
}

// priceOf takes a while, so that there is something to be seen in a profile.
func priceOf(item string) int {
	sum := 0
	for i := 0; i < 200_000; i++ {
		sum = sum*31 + int(item[i%len(item)])
	}
	return 1 + (sum&0x7fffffff)%100
}

var items = []string{"tea", "bread", "apples", "nothing"}

// customers buy something now and then.
func customers(frontURL string) {
	for {
		answer, err := http.Get(frontURL + "/buy/" + items[rand.Intn(len(items))])
		if err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
}
