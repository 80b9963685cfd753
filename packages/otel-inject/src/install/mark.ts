// SPDX-License-Identifier: Apache-2.0

/** First line of each text file that `install` writes: by it, one is known without a receipt. */
export const MARK = '# Written by otel-inject install.';
