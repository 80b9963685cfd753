// SPDX-License-Identifier: Apache-2.0
// oclif's help in the order in which people read: what I get, examples, then every flag.

import { type Command, CommandHelp, Help, type Interfaces } from '@oclif/core';
import type { ToolSpec } from '../spec/command.ts';

const ORDER = ['USAGE', 'EXAMPLES', 'ARGUMENTS', 'FLAGS', 'FLAG DESCRIPTIONS', 'DESCRIPTION'];
/** Commands whose first example stands in the tool's own help. */
const ROOT_EXAMPLES_MAX = 4;

class RegistryCommandHelp extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const known = super.sections().filter(({ header }) => ORDER.includes(header));
    return known.sort((a, b) => ORDER.indexOf(a.header) - ORDER.indexOf(b.header));
  }

  // Without the summary, which is the first line of the help already.
  protected override description(): string | undefined {
    return this.wrap(this.command.description ?? '');
  }

  protected override examples(): string | undefined {
    const examples = (this.command.examples ?? []) as readonly Command.Example[];
    return examples.map((example) => this.#example(example)).join('\n\n');
  }

  #example(example: Command.Example): string {
    if (typeof example === 'string') return example;
    return `${this.wrap(example.description)}\n${this.indent(`$ ${example.command}`)}`;
  }
}

/** The help of a tool, its commands in the registry's order. */
export class RegistryHelp extends Help {
  protected override CommandHelpClass: typeof CommandHelp = RegistryCommandHelp;
  readonly #tool: ToolSpec;

  constructor(tool: ToolSpec, config: Interfaces.Config) {
    super(config, { flagSortOrder: 'none' });
    this.#tool = tool;
  }

  protected override get sortedCommands(): Command.Loadable[] {
    return this.#tool.commands.flatMap(({ id }) => this.config.findCommand(id) ?? []);
  }

  override formatRoot(): string {
    const { bin, summary, description, commands } = this.#tool;
    const examples = commands
      .slice(0, ROOT_EXAMPLES_MAX)
      .flatMap((spec) => spec.examples.slice(0, 1))
      .map(({ command, says }) => `${this.wrap(`${says}:`)}\n${this.indent(`$ ${command}`)}`);
    return [
      this.wrap(`${bin}: ${summary}`),
      this.section('USAGE', `$ ${bin} COMMAND [FLAGS] [ARGUMENTS]\n$ ${bin} COMMAND --help`),
      this.section('EXAMPLES', examples.join('\n\n')),
      this.section('DESCRIPTION', this.wrap(description.join('\n\n'))),
    ].join('\n\n');
  }
}
