// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"fmt"

	"otelkit/bpf-helper/internal/limits"
)

// Target adds and removes processes of an executable that was attached with a list of them.
func (t *Tracer) Target(config int, add, remove []uint32) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	e := t.targets[uint16(config)]
	if config < 0 || config >= limits.GoConfigs || e == nil {
		return fmt.Errorf("config %d is not attached", config)
	}
	for _, pid := range remove {
		if e.pids[pid] {
			delete(e.pids, pid)
			_ = t.programs.Maps["targets"].Delete(pid)
		}
	}
	return t.add(e, uint32(config), add)
}

func (t *Tracer) add(e *executable, config uint32, pids []uint32) error {
	for _, pid := range pids {
		if err := t.programs.Maps["targets"].Put(pid, config); err != nil {
			return fmt.Errorf("process %d: %w", pid, err)
		}
		e.pids[pid] = true
	}
	return nil
}
