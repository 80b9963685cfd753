#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// CommonJS (see package.json beside this): Node starts it some milliseconds faster than a module.
require('../dist/start.cjs');
