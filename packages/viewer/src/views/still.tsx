// SPDX-License-Identifier: Apache-2.0
import { Component, type ComponentChild, type FunctionComponent } from 'preact';

export type StillView<Props> = new (props: Props) => Component<Props>;

/**
 * A component that is rendered again only when one of these properties is another one. Never keep a
 * rendered element for that: it holds its parent, which holds the last one, and so on for ever.
 */
export function still<Props extends object>(
  View: FunctionComponent<Props>,
  watched: readonly (keyof Props)[],
): StillView<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return watched.some((name) => next[name] !== this.props[name]);
    }
    override render(): ComponentChild {
      return <View {...this.props} />;
    }
  };
}
