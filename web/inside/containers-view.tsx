/** Containers of a desktop as a picture and a table; the chosen one with what can be done to it. */
import type { Inside } from '#protocol/inside.ts';
import { Bug, TriangleAlert } from 'lucide';
import { api } from '../state/api.ts';
import { desktop } from '../state/store.ts';
import { bytes } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { openLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank } from '../ui/views.tsx';
import { Planned } from '../settings/desktop-entries.tsx';
import { ContainerDetail } from './container-detail.tsx';
import { ContainerTable } from './container-table.tsx';
import { fullnessOf, ordered } from './inside-model.ts';
import { PictureView } from './picture-view.tsx';
import { pictureOf } from './picture.ts';
import { useRepeated } from './use-repeated.ts';

interface Props {
  readonly inside: Inside;
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
}

/** Namespaces change only when containers do. */
const AGAIN_MS = 30_000;

export function ContainersView({ inside, chosen, choose }: Props) {
  const running = inside.containers.filter(({ state }) => state === 'running').map(({ name }) => name);
  const [namespaces] = useRepeated(`${inside.desktopId} ${running.join(' ')}`, AGAIN_MS, (signal) =>
    api.inside.namespaces(inside.desktopId, signal),
  );
  const containers = ordered(inside.containers);
  const shown = containers.find(({ name }) => name === chosen);
  const { desktopId, userId } = inside;
  const whole = {
    desktopId,
    userId,
    launchId: null,
    name: t.inside.theDesktop,
    image: null,
    container: null,
    over: false,
  };
  if (containers.length === 0)
    return (
      <Blank title={t.inside.none}>
        <p>{t.inside.noneHint}</p>
      </Blank>
    );
  return (
    <>
      <div class="row inside-acts">
        <Fullness inside={inside} />
        <button
          type="button"
          onClick={() => openLayer({ kind: 'debug', aim: whole, verb: 'toolbox' })}
          data-test="inside-toolbox"
        >
          <Icon of={Bug} size={15} /> {t.debug.putBeside}
        </button>
      </div>
      <PictureView
        picture={pictureOf(containers, namespaces.state === 'there' ? namespaces.value : null)}
        desktopId={desktopId}
        chosen={chosen}
        choose={choose}
      />
      {namespaces.state === 'failed' && <p class="small">{t.inside.noNamespaces}</p>}
      <ContainerTable containers={containers} chosen={chosen} choose={choose} />
      {shown ? (
        <ContainerDetail key={shown.name} container={shown} inside={inside} />
      ) : (
        <p class="small task-choose">{t.inside.choose}</p>
      )}
    </>
  );
}

/** How much of the list and of the object is used up, with the way to make room before it is all. */
function Fullness({ inside }: { inside: Inside }) {
  const { entries, size, desktopId, containers } = inside;
  const over = Math.max(entries.finished, containers.filter(({ state }) => state === 'finished').length);
  const warns = fullnessOf(inside) === 'nearly full';
  const own = desktop.value?.id === desktopId;
  const text = [
    entries.most === null ? t.inside.finishedOnes(over) : t.tasks.entries(entries.finished, entries.most),
    size && t.inside.size(bytes(size.bytes), bytes(size.most)),
    warns && t.tasks.entriesHint,
  ];
  return (
    <div
      class={warns ? 'entries warn grow' : 'entries grow'}
      role={warns ? 'status' : undefined}
      data-test="inside-full"
    >
      {warns && <Icon of={TriangleAlert} size={16} />}
      <p class="small grow">{text.filter(Boolean).join(' ')}</p>
      {own && desktop.value?.compaction === 'idle' && <Planned />}
      {own && desktop.value?.compaction !== 'idle' && over > 0 && (
        <button type="button" class="quiet" onClick={() => openLayer({ kind: 'compact' })} data-test="inside-compact">
          {t.compact.button}
        </button>
      )}
    </div>
  );
}
