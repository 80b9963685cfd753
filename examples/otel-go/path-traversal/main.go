// SPDX-License-Identifier: Apache-2.0

// files serves a folder, with the mistake that everybody has made once: the name in the request is
// pasted into a path.
package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("GET /file", func(w http.ResponseWriter, r *http.Request) {
		f, err := os.Open("public/" + r.URL.Query().Get("name"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		defer f.Close()
		io.Copy(w, f)
	})
	address := os.Getenv("ADDRESS")
	if address == "" {
		address = "127.0.0.1:8080"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("http://%s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
