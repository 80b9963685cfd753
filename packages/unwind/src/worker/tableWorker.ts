// SPDX-License-Identifier: Apache-2.0
import { serveUnwindTables } from './serveTables.ts';

serveUnwindTables();
