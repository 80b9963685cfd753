// SPDX-License-Identifier: Apache-2.0
// Everything that tells how to unwind a file, the most trustworthy first: where two speak of the
// same address, the first is heard.
import { type ElfFile, openGoPclntab, PF } from '@otelkit/core';
import { FrameSection, type TableTarget } from '../cfi/frameSection.ts';
import { type LocatedFrames, locateDebugFrame, locateEhFrame } from '../cfi/locate.ts';
import { addGoRows } from '../go/goRows.ts';
import { UNWIND_LIMITS } from '../limits.ts';
import { addCLibraryRows } from '../synthetic/cLibrary.ts';
import { addEntryPoint } from '../synthetic/entryPoint.ts';
import { addMuslStart } from '../synthetic/muslStart.ts';
import { addPltRows } from '../synthetic/plt.ts';
import { CFA } from '../table/layout.ts';
import { RowColumns } from '../table/rowColumns.ts';

export type UnwindSource = 'pclntab' | '.eh_frame' | '.debug_frame' | 'frame pointers';

export interface TableLayers {
  readonly layers: readonly RowColumns[];
  readonly sources: readonly UnwindSource[];
  /** FDEs that were looked at, damaged ones included. */
  readonly fdeCount: number;
  readonly damagedCount: number;
}

/** Bytes of .eh_frame for a row and for an FDE, at least, as powers of two. */
const ROW_SHIFT = 2;
const RANGE_SHIFT = 4;

/** Reads all layers; `target` names the table they are for, each gets rows of its own. */
export function readLayers(elf: ElfFile, target: Omit<TableTarget, 'rows'>): TableLayers {
  const layers: RowColumns[] = [];
  const sources: UnwindSource[] = [];
  let fdeCount = 0;
  let damagedCount = 0;
  const watchedAt = Math.max(0, Number(elf.header.entry) - target.baseVaddr);
  const add = (fill: (layerTarget: TableTarget) => void, rows = new RowColumns()): RowColumns => {
    rows.watchedAt = watchedAt;
    fill({ ...target, rows });
    layers.push(rows);
    return rows;
  };
  const addFrames = (located: LocatedFrames | undefined, source: UnwindSource): void => {
    if (located === undefined) return;
    const sizeBytes = located.bytes.length;
    const rows = add(
      (layerTarget) => {
        const section = readFrames(located, layerTarget);
        fdeCount += section.fdeCount;
        damagedCount += section.damagedCount;
      },
      new RowColumns(sizeBytes >>> ROW_SHIFT, sizeBytes >>> RANGE_SHIFT),
    );
    if (rows.rangeCount > 0) sources.push(source);
  };
  add((layerTarget) => addCLibraryRows(elf, layerTarget));
  const pclntab = openGoPclntab(elf);
  let goFunctions: RowColumns | undefined;
  if (pclntab !== undefined) {
    goFunctions = add((layerTarget) => addGoRows(elf, pclntab, layerTarget));
    if (goFunctions.rangeCount > 0) sources.push('pclntab');
  }
  addFrames(locateEhFrame(elf), '.eh_frame');
  // Go's .debug_frame repeats the pclntab, and is larger than all the rest.
  if (!sources.includes('pclntab')) addFrames(locateDebugFrame(elf), '.debug_frame');
  add((layerTarget) => addPltRows(elf, layerTarget));
  add((layerTarget) => addMuslStart(elf, layerTarget));
  const entryPoint = new RowColumns();
  addEntryPoint(elf, layers, goFunctions, { ...target, rows: entryPoint });
  layers.unshift(entryPoint);
  if (sources.length === 0) {
    add((layerTarget) => addFramePointerRows(elf, layerTarget));
    sources.push('frame pointers');
  }
  return { layers, sources, fdeCount, damagedCount };
}

function readFrames(located: LocatedFrames, target: TableTarget): FrameSection {
  const section = new FrameSection(located, target);
  if (located.entries === undefined) section.walk(located.stopsAtTerminator);
  else {
    for (const at of located.entries) {
      section.readEntryAt(at);
      if (target.rows.isFull) break;
    }
  }
  if (target.rows.isFull) {
    const what = `more than ${UNWIND_LIMITS.rows} rows; the rest is left out`;
    target.diagnostics.add('limit', located.name, what);
  }
  return section;
}

/** A file that says nothing may still keep frame pointers. */
function addFramePointerRows(elf: ElfFile, target: TableTarget): void {
  for (const load of elf.loads) {
    if ((load.flags & PF.X) === 0) continue;
    const start = Number(load.vaddr) - target.baseVaddr;
    const end = Math.min(start + load.memSizeBytes, target.endVaddr - target.baseVaddr);
    if (start >= 0 && start < end) target.rows.addRange(start, end, CFA.FRAME_POINTER, 0);
  }
}
