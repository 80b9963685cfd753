// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';

/** Where the built page lies: `index.html` and `assets/`, to be served as they are. */
export const PAGE_FOLDER: string = fileURLToPath(new URL('./page', import.meta.url));
