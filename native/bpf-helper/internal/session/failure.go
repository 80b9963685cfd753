// SPDX-License-Identifier: Apache-2.0

package session

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/perfevent"
	"otelkit/bpf-helper/internal/process"
	"otelkit/bpf-helper/internal/store"
	"otelkit/bpf-helper/internal/table"
)

// failure is the error of a reply.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

func (f *failure) Error() string { return f.Message }

func badRequest(format string, values ...any) error {
	return &failure{Code: "BAD_REQUEST", Message: fmt.Sprintf(format, values...)}
}

var errNotStarted = &failure{
	Code: "NOT_STARTED", Message: "nothing is being profiled", Hint: "send the request start first",
}

// failureOf gives an error its code and what to do about it.
func failureOf(err error) *failure {
	var known *failure
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, perfevent.ErrNoTracefs):
		return &failure{"NO_TRACEFS", err.Error(),
			"mount -t tracefs nodev /sys/kernel/tracing, or add CAP_SYS_ADMIN"}
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return &failure{"NOT_PERMITTED", err.Error(),
			"run as root, or with CAP_BPF and CAP_PERFMON (before Linux 5.8: CAP_SYS_ADMIN)"}
	case errors.Is(err, store.ErrNoSpace):
		return &failure{"NO_SPACE", err.Error(), "start with a larger mapScale"}
	case errors.Is(err, table.ErrDamaged):
		return &failure{"BAD_TABLE", err.Error(), "make the table anew"}
	case errors.Is(err, store.ErrBadSlot), errors.Is(err, process.ErrBadAnswer):
		return &failure{"BAD_REQUEST", err.Error(), ""}
	case errors.Is(err, unix.ENOENT):
		return &failure{"NOT_FOUND", err.Error(), ""}
	}
	return &failure{"FAILED", err.Error(), ""}
}
