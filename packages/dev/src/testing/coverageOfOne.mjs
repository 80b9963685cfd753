// SPDX-License-Identifier: Apache-2.0
// Loaded by mocha before the suites. Coverage is that of the process that runs them: programs that
// they start are bundles, whose lines are not those of src/, and each of them would write a megabyte
// for c8 to read. Node's own child_process passes the variable on as long as it stands here.
delete process.env['NODE_V8_COVERAGE'];
