// SPDX-License-Identifier: Apache-2.0
// What ran, how much of it has names, and how the rest gets them.
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { forgetAnswers } from '../../api/keptAnswers.ts';
import { apiPath, uploadSymbols } from '../../api/requests.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import type { Page } from '../../app/context.ts';
import type { Executables } from '../../contract.ts';
import { formatCount, formatShare, formatWeight } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import { buildIdOf, READ_BYTES } from '../../layout/buildId.ts';
import { Failed, Waiting } from '../emptyStates.tsx';
import { Empty, Name } from '../text.tsx';
import { Bar } from '../top/topView.tsx';

type Executable = Executables['executables'][number];

export function ExecutablesView({ page }: { page: Page }): JSX.Element {
  const [uploads, setUploads] = useState(0);
  const path = apiPath('executables', page.selection);
  const { data, failure, isWaiting } = useAnswer<Executables>(path, page.tick + uploads);
  const [isOver, setOver] = useState(false);
  if (data === undefined) {
    return failure === undefined ? <Waiting /> : <Failed failure={failure} />;
  }
  const { executables } = data;
  if (executables.length === 0) {
    return (
      <Empty title="No executables">
        <p>Native programs and libraries of the samples stand here, once there are some.</p>
      </Empty>
    );
  }
  const upload = async (executable: Executable, file: File) => {
    const name = visibleText(executable.name, 60);
    page.say(`Reading ${visibleText(file.name, 60)}…`);
    const answer = await uploadSymbols(executable.id, file);
    if ('failure' in answer) {
      page.say(`${answer.failure.message} ${answer.failure.hint}`);
      return;
    }
    page.say(`${name}: ${formatCount(answer.data.named)} frames have names now.`);
    forgetAnswers();
    setUploads((count) => count + 1);
  };
  const onDrop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    for (const file of event.dataTransfer?.files ?? []) {
      const executable = await executableOf(executables, file);
      if (executable !== undefined) await upload(executable, file);
      else page.say(`${visibleText(file.name, 60)} is none of these: drop it on its row.`);
    }
  };
  return (
    <section
      class={isOver ? 'view drop over' : 'view drop'}
      aria-label="Executables"
      aria-busy={isWaiting}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void onDrop(event)}
    >
      <header class="headline">
        <h1>{headlineOf(executables)}</h1>
        <p class="muted">
          Drop an ELF file with symbols or debug information anywhere here: its build ID says where
          it belongs. It is read by the server that this page came from, and by nobody else.
        </p>
      </header>
      <div class="table-scroll">
        <table>
          <caption class="only-read">Executables and their symbols</caption>
          <thead>
            <tr>
              <th scope="col">Executable</th>
              <th scope="col" class="number">
                Weight
              </th>
              <th scope="col">Frames with names</th>
              <th scope="col">With lines</th>
              <th scope="col">What would help</th>
            </tr>
          </thead>
          <tbody>
            {executables.map((executable) => (
              <ExecutableRow
                key={executable.id}
                page={page}
                executable={executable}
                onFile={(file) => void upload(executable, file)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function headlineOf(executables: readonly Executable[]): string {
  const unnamed = executables.filter(
    (executable) => executable.named < executable.frames && !isMadeAtRunTime(executable),
  );
  if (unnamed.length === 0) return 'Every frame of a file has a name';
  const [worst] = [...unnamed].sort((left, right) => right.weight - left.weight);
  const more = unnamed.length > 1 ? ` and ${unnamed.length - 1} more` : '';
  return `Names are missing in ${visibleText(worst!.name, 60)}${more}`;
}

/** No file has its names, so there is none to ask for. */
function isMadeAtRunTime({ buildId, fileId, hint }: Executable): boolean {
  return buildId === '' && fileId === '' && hint !== '';
}

/** By build ID, or by the name where that is the only one. */
async function executableOf(
  executables: readonly Executable[],
  file: File,
): Promise<Executable | undefined> {
  const bytes = new Uint8Array(await file.slice(0, READ_BYTES).arrayBuffer());
  const buildId = buildIdOf(bytes);
  const byId = executables.find((executable) => buildId !== '' && executable.buildId === buildId);
  if (byId !== undefined) return byId;
  const bare = file.name.replace(/\.debug$/, '');
  const byName = executables.filter(({ name }) => name === bare);
  return byName.length === 1 ? byName[0] : undefined;
}

function ExecutableRow({
  page,
  executable,
  onFile,
}: {
  page: Page;
  executable: Executable;
  onFile: (file: File) => void;
}): JSX.Element {
  const picker = useRef<HTMLInputElement>(null);
  const { name, buildId, fileId, frames, named, withLines, weight } = executable;
  const isRunTime = isMadeAtRunTime(executable);
  const hint = isRunTime ? '' : executable.hint;
  return (
    <tr
      onDrop={(event) => {
        const [file] = event.dataTransfer?.files ?? [];
        if (file === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onFile(file);
      }}
    >
      <th scope="row">
        <b>
          <Name text={isRunTime ? 'code made at run time' : name} limit={120} />
        </b>
        <br />
        <small class="muted">
          <code>{visibleText(buildId === '' ? fileId : buildId, 64)}</code>
        </small>
      </th>
      <td class="number">{formatWeight(weight, page.sampleType.unit)}</td>
      <Coverage part={named} all={frames} />
      <Coverage part={withLines} all={frames} />
      <td>
        {isRunTime ? (
          <span class="muted">No file holds its names</span>
        ) : hint === '' ? (
          <span class="good">{withLines < frames ? 'Has names' : 'Complete'}</span>
        ) : (
          <Name text={hint.charAt(0).toUpperCase() + hint.slice(1)} limit={200} />
        )}{' '}
        {hint !== '' && (
          <>
            <input
              ref={picker}
              type="file"
              hidden
              aria-label={`File with symbols of ${visibleText(name, 60)}`}
              onChange={(event) => {
                const [file] = event.currentTarget.files ?? [];
                if (file !== undefined) onFile(file);
                event.currentTarget.value = '';
              }}
            />
            <button type="button" onClick={() => picker.current?.click()}>
              Upload a file…
            </button>
          </>
        )}
      </td>
    </tr>
  );
}

function Coverage({ part, all }: { part: number; all: number }): JSX.Element {
  const share = all > 0 ? part / all : 0;
  return (
    <td>
      <span class="coverage">
        <Bar share={share} /> {formatShare(share)}
        <small class="muted">
          {' '}
          {formatCount(part)} of {formatCount(all)}
        </small>
      </span>
    </td>
  );
}
