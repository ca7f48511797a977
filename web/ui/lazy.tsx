/** A view whose code is loaded when it is first shown: the screen and the terminal need large libraries. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Failure } from './views.tsx';
import { ignore } from '#protocol/ignore.ts';

export interface Lazy<Props> {
  (props: Props): JSX.Element | null;
  /** Loads the code ahead of time. */
  preload(): Promise<unknown>;
}

export function lazy<Props extends object = object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): Lazy<Props> {
  let loaded: ComponentType<Props> | null = null;
  const fetchOnce = async () => {
    loaded ??= (await load()).default;
    return loaded;
  };
  const View = (props: Props) => {
    const [failure, setFailure] = useState<unknown>(null);
    const [, setReady] = useState(loaded !== null);
    const [round, setRound] = useState(0);
    useEffect(() => {
      // The code may have loaded between the first rendering and this effect; render again in that case, too.
      fetchOnce().then(
        () => setReady(true),
        (error: unknown) => setFailure(error),
      );
    }, [round]);
    if (failure !== null && loaded === null)
      return (
        <Failure
          error={failure}
          retry={() => {
            setFailure(null);
            setRound(round + 1);
          }}
        />
      );
    const Loaded = loaded;
    return Loaded && <Loaded {...props} />;
  };
  return Object.assign(View, { preload: () => fetchOnce().catch(ignore('it is loaded again when it is shown')) });
}
