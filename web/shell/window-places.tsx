/** Items of a dock entry's menu: where one of its windows can go. */
import { MonitorUp, PictureInPicture2 } from 'lucide';
import type { Window } from '#protocol/window.ts';
import { otherScreens, popOut, pullBack } from '../screens/screens.ts';
import { desktopScreens } from '../screen/view.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { actOnWindow } from '../apps/actions.ts';

interface Props {
  readonly of: Window;
  /** Otherwise its title is part of the items. */
  readonly isOnly: boolean;
  readonly then: (run: () => unknown) => () => void;
}

export function WindowPlaces({ of: window, isOnly, then }: Props) {
  const all = [...otherScreens.value.values()];
  const isOut = all.some(({ app }) => app === window.id);
  const named = (text: string) => (isOnly ? text : `${window.title}: ${text}`);
  // The main screen first; those of apps hold nothing else.
  const targets = isOut || all.length === 0 ? [] : desktopScreens.value.filter(({ id }) => !isOfApp(id));
  return (
    <>
      <button
        type="button"
        role="menuitem"
        onClick={then(() => (isOut ? pullBack(window.id) : popOut(window)))}
        data-test={isOut ? 'dock-menu-pull-back' : 'dock-menu-pop-out'}
      >
        <Icon of={PictureInPicture2} />
        <span class="truncate">{named(isOut ? t.screens.pullBack : t.screens.popOut)}</span>
      </button>
      {targets.length > 1 &&
        targets.map(({ id, x, y, width, height }) => (
          <button
            type="button"
            role="menuitem"
            key={id}
            onClick={then(() => actOnWindow(window.id, { action: 'move', area: { x, y, width, height } }))}
            data-test={`dock-menu-move-${id}`}
          >
            <Icon of={MonitorUp} />
            <span class="truncate">{named(id === 0 ? t.screens.main : t.screens.moveTo(id + 1))}</span>
          </button>
        ))}
    </>
  );
}

function isOfApp(screen: number): boolean {
  const app = otherScreens.value.get(screen)?.app ?? null;
  return app !== null;
}
