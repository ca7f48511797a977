/** A list from the server, or what to show instead: loading, failed, empty. */
import type { ComponentChildren } from 'preact';
import type { Remote } from './remote.ts';
import { Blank, Failure, Loading } from './views.tsx';

interface Props<Item> {
  readonly list: Remote<readonly Item[]>;
  readonly retry: () => void;
  readonly empty: string;
  readonly emptyHint?: string;
  readonly children: (items: readonly Item[]) => ComponentChildren;
}

export function RemoteList<Item>({ list, retry, empty, emptyHint, children }: Props<Item>) {
  if (list.state === 'loading') return <Loading />;
  if (list.state === 'failed') return <Failure error={list.error} retry={retry} />;
  if (list.value.length === 0) return <Blank title={empty}>{emptyHint && <p>{emptyHint}</p>}</Blank>;
  return <>{children(list.value)}</>;
}
