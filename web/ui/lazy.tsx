/** A view whose code is fetched when it is first shown: screen and terminal carry large libraries. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Failure } from './views.tsx';

export interface Lazy<Props> {
  (props: Props): JSX.Element | null;
  /** Fetches the code now, because it will be needed. */
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
      // The code may have come between this view's first drawing and now: then it is drawn again, too.
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
  return Object.assign(View, { preload: () => fetchOnce().catch(() => null) });
}
