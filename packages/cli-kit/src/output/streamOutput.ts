// SPDX-License-Identifier: Apache-2.0
import { ExitCode, worstExitCode } from '../errors/exitCodes.ts';
import { formatError } from '../errors/format.ts';
import { type ErrorRecord, type ToolErrorDetails, toProblem } from '../errors/ToolError.ts';
import { DocumentWriter } from './document.ts';
import { jsonText } from './json.ts';
import type { Emission, Output, OutputMode, TextContext } from './output.ts';
import { printable } from './printable.ts';
import type { Sink } from './sink.ts';

/** Errors kept for the `--json` document. What is beyond is still counted, and told on stderr. */
const ERRORS_MAX = 100_000;

export interface StreamOutputOptions {
  /** Named where an error has no path. */
  readonly bin: string;
  readonly mode: OutputMode;
  readonly documentKey: string;
  readonly text: TextContext;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Show the stack of what is a defect of ours. */
  readonly debug?: boolean;
}

/** The {@link Output} of a real run. */
export class StreamOutput implements Output {
  readonly mode: OutputMode;
  readonly text: TextContext;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #debug: boolean;
  readonly #bin: string;
  readonly #documentKey: string;
  readonly #errors: ErrorRecord[] = [];
  readonly #document: DocumentWriter | undefined;
  #omittedErrors = 0;
  #worst: ExitCode = ExitCode.ok;

  constructor(options: StreamOutputOptions) {
    this.mode = options.mode;
    this.text = options.text;
    this.#bin = options.bin;
    this.#stdout = options.stdout;
    this.#stderr = options.stderr;
    this.#debug = options.debug ?? false;
    this.#documentKey = options.documentKey;
    if (this.mode !== 'json') return;
    this.#document = new DocumentWriter(options.documentKey, this.text.isTty ? 2 : 0);
    this.#stdout.write(this.#document.start());
  }

  emit({ json, text, key }: Emission): undefined | Promise<void> {
    if (this.mode === 'text') return this.#stdout.write(text(this.text));
    if (this.mode === 'ndjson') return this.#stdout.write(`${jsonText(json())}\n`);
    return this.#stdout.write(this.#document!.element(json(), key ?? this.#documentKey));
  }

  member(key: string, value: unknown): void {
    this.#document?.member(key, value);
  }

  say(text: (context: TextContext) => string): undefined | Promise<void> {
    return this.mode === 'text' ? this.#stdout.write(text(this.text)) : undefined;
  }

  problem(error: unknown, defaults: Partial<ToolErrorDetails> = {}): void {
    const { record, exitCode, unexpected } = toProblem(error, defaults);
    this.fail(exitCode);
    if (this.#errors.length < ERRORS_MAX) this.#errors.push(record);
    else this.#omittedErrors++;
    const owner = record.path === undefined ? `${this.#bin}: ` : '';
    this.#toStderr(owner + formatError(record));
    if (unexpected) this.#explainDefect(error);
    if (this.mode === 'ndjson') this.#stdout.write(`${jsonText({ error: record })}\n`);
  }

  #explainDefect(error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    if (this.#debug && stack !== undefined) {
      this.#toStderr(stack.split('\n').map(printable).join('\n'));
      return;
    }
    this.#toStderr('this is a defect of the tool; OTELKIT_DEBUG=1 shows where it happened');
  }

  note(message: string): void {
    this.#toStderr(printable(message));
  }

  // What was found before an error stands before it, where both go to the same terminal.
  #toStderr(line: string): void {
    if (this.text.isTty) this.#stdout.flush();
    this.#stderr.write(`${line}\n`);
  }

  fail(code: ExitCode): void {
    this.#worst = worstExitCode(this.#worst, code);
  }

  exitCode(): ExitCode {
    return this.#worst;
  }

  /** Ends the document and waits until everything has been taken. */
  async end(): Promise<void> {
    if (this.#document !== undefined) {
      if (this.#omittedErrors > 0) this.#document.member('omittedErrors', this.#omittedErrors);
      this.#stdout.write(this.#document.end(this.#errors));
    }
    await this.#stdout.flush();
    await this.#stderr.flush();
  }
}
