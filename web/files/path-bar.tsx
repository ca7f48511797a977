/** Back, up, the path as links, and the filter. */
import { ArrowLeft, ArrowUp, ChevronRight } from 'lucide';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { dropInto, hasFiles, isOwnDrag } from './dragging.ts';
import { folderTitle } from './file-facts.ts';
import { canGoBack, filter, folder, goBack, goTo, goUp } from './panel.ts';
import { ancestors, HOME } from './paths.ts';

export function PathBar() {
  const trail = useRef<HTMLElement>(null);
  const here = folder.value;
  const paths = here === null ? [] : [HOME, ...ancestors(here)];
  useEffect(() => {
    const { current } = trail;
    if (current) current.scrollLeft = current.scrollWidth;
  }, [here]);
  return (
    <div class="row files-path">
      <button
        type="button"
        class="quiet icon"
        aria-label={t.files.back}
        title={t.files.back}
        disabled={!canGoBack.value}
        onClick={goBack}
        data-test="files-back"
      >
        <Icon of={ArrowLeft} directed />
      </button>
      <button
        type="button"
        class="quiet icon"
        aria-label={t.files.up}
        title={t.files.up}
        disabled={here === HOME}
        onClick={goUp}
        data-test="files-up"
      >
        <Icon of={ArrowUp} />
      </button>
      <nav class="files-trail grow" aria-label={t.files.path} ref={trail}>
        <ol>
          {here === null && (
            <li>
              <b aria-current="page">{t.files.trash}</b>
            </li>
          )}
          {paths.map((path) => (
            <li key={path}>
              {path !== HOME && <Icon of={ChevronRight} size={14} directed />}
              <Crumb path={path} last={path === here} />
            </li>
          ))}
        </ol>
      </nav>
      <input
        type="search"
        class="files-filter"
        placeholder={t.files.filter}
        aria-label={t.files.filter}
        value={filter.value}
        onInput={(event) => (filter.value = event.currentTarget.value)}
        data-test="files-filter"
      />
    </div>
  );
}

function Crumb({ path, last }: { path: string; last: boolean }) {
  return (
    <button
      type="button"
      class="quiet files-crumb"
      aria-current={last ? 'page' : undefined}
      onClick={() => goTo({ at: 'folder', path })}
      onDragOver={(event) => !last && (isOwnDrag(event) || hasFiles(event)) && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        dropInto(path, event);
      }}
      data-test="files-crumb"
    >
      {folderTitle(path)}
    </button>
  );
}
