// SPDX-License-Identifier: Apache-2.0

// otel-go-toolexec weaves aspects into Go packages while go builds them. See
// docs/go-build-internals.md.
package main

import (
	"fmt"
	"os"

	"otelkit/go-toolexec/internal/drive"
	"otelkit/go-toolexec/internal/state"
	"otelkit/go-toolexec/internal/tool"
)

const usage = `otel-go-toolexec weaves OpenTelemetry into Go programs while go builds them.

  go build -toolexec=otel-go-toolexec ./...   what go calls for each package
  otel-go-toolexec go build ./...             the same with everything set up
  otel-go-toolexec explain [--json] ./...     what would be woven where
  otel-go-toolexec lint [--json] FILE...      checks aspect files
  otel-go-toolexec aspects [--json]           lists the aspects in force
  otel-go-toolexec runtime                    prints the folder of otelkit.dev/go
  otel-go-toolexec version
`

func main() {
	state.Prepare = drive.ForProcess
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	if command, ok := drive.Commands[args[0]]; ok {
		return command(args[1:])
	}
	if args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		fmt.Print(usage)
		return 0
	}
	return tool.Run(args)
}
