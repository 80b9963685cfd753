// SPDX-License-Identifier: Apache-2.0

// The AWS SDK v2 against an HTTP server of its own.
package main

import (
	"context"
	"io"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"otelkit.example/programs/internal/call"
)

const answer = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`

func main() {
	failing := false
	url := call.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if failing {
			w.WriteHeader(403)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, answer)
	}))
	client := sts.New(sts.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(url),
		Credentials: credentials.NewStaticCredentialsProvider("id", "key", ""),
	})
	_, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	call.Must(err)
	failing = true
	client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
	os.Exit(0)
}
