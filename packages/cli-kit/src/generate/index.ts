// SPDX-License-Identifier: Apache-2.0
// What is made from the registry beforehand.

export { SHELLS, type Shell } from '../completion/spec.ts';
export { completionScript } from './completion.ts';
export { registryDisagreements } from './disagreements.ts';
export { generatedFiles } from './files.ts';
export { commandManPage, toolManPage } from './manPage.ts';
export { referencePage } from './markdown.ts';
export { registryMistakes } from './validate.ts';
