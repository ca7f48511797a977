/** A component that renders again only if a property has changed, by identity. */
import { Component, type ComponentType, h } from 'preact';

export function memo<Props extends object>(Drawn: ComponentType<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const before: Readonly<Record<string, unknown>> = { ...this.props };
      return Object.entries(next).some(([name, value]) => before[name] !== value);
    }

    override render() {
      return h(Drawn, this.props);
    }
  };
}
