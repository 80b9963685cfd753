// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Output } from '@otelkit/cli-kit';
import { type Diagnostic, type DiagnosticCode, hex, InputError } from '@otelkit/core';

const EXIT_OF_INPUT: Readonly<Record<InputError['code'], ExitCode>> = {
  io: ExitCode.io,
  'not-regular': ExitCode.io,
  'not-elf': ExitCode.malformed,
  malformed: ExitCode.malformed,
};

const EXIT_OF_DIAGNOSTIC: Readonly<Record<DiagnosticCode, ExitCode>> = {
  'out-of-range': ExitCode.malformed,
  truncated: ExitCode.malformed,
  'bad-value': ExitCode.malformed,
  inconsistent: ExitCode.malformed,
  unsupported: ExitCode.negative,
  limit: ExitCode.negative,
  changed: ExitCode.negative,
  unreadable: ExitCode.io,
};

/** Reports a file that gave nothing, with the exit code that its error stands for. */
export function reportFailure(output: Output, error: unknown, path: string): void {
  if (!(error instanceof InputError)) {
    output.problem(error, { path });
    return;
  }
  const code = error.code === 'io' ? (error.errno ?? 'EIO') : error.code;
  output.problem(toolShaped(error.message, code), {
    path,
    exitCode: EXIT_OF_INPUT[error.code],
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.fileOffset === undefined ? {} : { fileOffset: error.fileOffset }),
    ...hintFor(error),
  });
}

/** Reports what was damaged in a file that gave the rest. */
export function reportDiagnostics(
  output: Output,
  diagnostics: readonly Diagnostic[],
  dropped: number,
  path: string,
): void {
  for (const { code, message, field, fileOffset } of diagnostics) {
    output.problem(toolShaped(message, code), {
      path,
      field,
      exitCode: EXIT_OF_DIAGNOSTIC[code],
      ...(fileOffset === undefined ? {} : { fileOffset }),
    });
  }
  if (dropped > 0) {
    output.problem(toolShaped(`${dropped} further diagnostics are not shown`, 'limit'), {
      path,
      exitCode: ExitCode.negative,
    });
  }
}

/** For JSON: offsets in the form that they have in `errors`. */
export function withHexOffsets<Report extends { readonly diagnostics: readonly Diagnostic[] }>(
  report: Report,
): object {
  if (report.diagnostics.length === 0) return report;
  const diagnostics = report.diagnostics.map(({ fileOffset, ...rest }) =>
    fileOffset === undefined ? rest : { ...rest, fileOffset: hex(fileOffset) },
  );
  return { ...report, diagnostics };
}

/** An error by shape: cli-kit reads `code` off it and everything else from the defaults. */
function toolShaped(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

function hintFor(error: InputError): { hint: string } | Record<string, never> {
  if (error.errno === 'EACCES' || error.errno === 'EPERM') {
    return { hint: 'run it as root, or as the owner of the file or process' };
  }
  if (error.code === 'not-regular' && error.message.includes('directory')) {
    return { hint: 'add --recursive to inspect the files below it' };
  }
  return {};
}
