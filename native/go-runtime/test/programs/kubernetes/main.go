// SPDX-License-Identifier: Apache-2.0

// client-go's dynamic client against an API server of two answers.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"otelkit.example/programs/internal/call"
)

const (
	found   = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop"}}`
	missing = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}`
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/namespaces/{namespace}/pods/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Traceparent") == "" {
			call.Must(errors.New("no traceparent was sent"))
		}
		if r.PathValue("name") == "web" {
			io.WriteString(w, found)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, missing)
	})
	client, err := dynamic.NewForConfig(&rest.Config{Host: call.Serve(mux)})
	call.Must(err)
	pods := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "pods"}).Namespace("shop")
	pod, err := pods.Get(context.Background(), "web", metav1.GetOptions{})
	call.Must(err)
	if pod.GetName() != "web" {
		call.Must(fmt.Errorf("name %q", pod.GetName()))
	}
	if _, err := pods.Get(context.Background(), "gone", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		call.Must(fmt.Errorf("not found gave %v", err))
	}
	os.Exit(0)
}
