/**
 * The entries of a folder as a list or a grid: a listbox of which only the part in view is in the page. Pointer, keyboard,
 * drag and drop.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isTouch } from '../ui/pointer.ts';
import { t } from '../ui/strings/catalogue.ts';
import { cutPaths } from './clipboard.ts';
import type { Entry } from './entry.ts';
import { dragging } from './dragging.ts';
import { folderTitle, shownName } from './file-facts.ts';
import { openEntry } from './open-entry.ts';
import { onFileKey } from './list-keys.ts';
import { folder, order, place, selection, shown, view } from './panel.ts';
import { idOf, Row } from './row.tsx';
import { clicked, moved, moveTo, only, toggled, typedAhead } from './selection.ts';
import { infoOf } from './trash.ts';
import { folderOf, nameOf } from './paths.ts';
import { partInView, scrolledTo } from './windowing.ts';
import { openLayer } from '../layers/layers.ts';

const ROW_PX = 36;
const TOUCH_ROW_PX = 46;
const CELL = { rowHeight: 128, cellWidth: 116 };
/** Of a menu that the keyboard opens, from the start of its row. */
const MENU_INDENT_PX = 48;
/** Typing goes on with the same word until a pause of this length. */
const TYPING_MS = 900;

export function FileList() {
  const box = useRef<HTMLDivElement>(null);
  const [port, setPort] = useState({ top: 0, height: 600, width: 800 });
  const [target, setTarget] = useState<string | null>(null);
  const typing = useRef({ word: '', at: 0 });
  const entries = shown.value;
  const grid = view.value.view === 'grid';
  const cells = grid ? CELL : { rowHeight: isTouch() ? TOUCH_ROW_PX : ROW_PX, cellWidth: null };
  const part = partInView(entries.length, port, cells);
  const { at, chosen } = selection.value;
  const index = at === null ? -1 : order.value.indexOf(at);
  const cut = cutPaths.value;

  useLayoutEffect(() => {
    const { current } = box;
    if (!current) return undefined;
    const measure = () => setPort({ top: current.scrollTop, height: current.clientHeight, width: current.clientWidth });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => box.current?.focus({ preventScroll: true }), [place.value]);
  useLayoutEffect(() => {
    const { current } = box;
    if (!current || index < 0) return;
    const view = { top: current.scrollTop, height: current.clientHeight };
    current.scrollTop = scrolledTo(index, { ...view, width: 0 }, part.columns, cells.rowHeight);
  }, [index, part.columns, grid]);

  const entryOf = (event: Event): Entry | undefined => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
    return cell ? entries[Number(cell.dataset['index'])] : undefined;
  };
  const click = (event: MouseEvent) => {
    const entry = entryOf(event);
    if (!entry) {
      selection.value = { ...selection.value, chosen: new Set(), anchor: null };
      return;
    }
    const check = event.target instanceof Element && event.target.closest('[data-check]') !== null;
    const touched = event instanceof PointerEvent && event.pointerType === 'touch';
    if (check || (touched && chosen.size > 0)) selection.value = toggled(selection.value, entry.path);
    else if (touched) openEntry(entry);
    else
      selection.value = clicked(selection.value, order.value, entry.path, {
        range: event.shiftKey,
        toggle: event.ctrlKey || event.metaKey,
      });
  };
  const menu = (event: MouseEvent) => {
    event.preventDefault();
    const entry = entryOf(event);
    if (entry && !chosen.has(entry.path)) selection.value = only(entry.path);
    if (!entry) selection.value = { ...selection.value, chosen: new Set() };
    openLayer({ kind: 'file-menu', x: event.clientX, y: event.clientY });
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault();
      return menuBelow(box.current?.querySelector('.at') ?? box.current);
    }
    const to = event.altKey ? null : moveTo(event.key, index, entries.length, part);
    if (to !== null) {
      event.preventDefault();
      selection.value = moved(selection.value, order.value, to, {
        range: event.shiftKey,
        toggle: event.ctrlKey || event.metaKey,
      });
    } else if (isLetter(event) && (event.key !== ' ' || typing.current.at > event.timeStamp - TYPING_MS)) {
      event.preventDefault();
      const goes = event.timeStamp - typing.current.at < TYPING_MS;
      typing.current = { word: (goes ? typing.current.word : '') + event.key, at: event.timeStamp };
      const names = entries.map(({ name }) => name);
      const found = typedAhead(names, index, typing.current.word);
      if (found >= 0) selection.value = moved(selection.value, order.value, found, { range: false, toggle: false });
    } else onFileKey(event);
  };
  const label = folder.value === null ? t.files.trash : t.files.entriesOf(folderTitle(folder.value));
  return (
    <div
      ref={box}
      class={grid ? 'file-list grid' : 'file-list'}
      role="listbox"
      aria-multiselectable="true"
      aria-label={label}
      aria-activedescendant={index >= part.from && index < part.to ? idOf(index) : undefined}
      tabIndex={0}
      data-autofocus
      onScroll={(event) => {
        const { scrollTop, clientHeight, clientWidth } = event.currentTarget;
        setPort({ top: scrollTop, height: clientHeight, width: clientWidth });
      }}
      onClick={click}
      onDblClick={(event) => {
        const entry = entryOf(event);
        if (entry) openEntry(entry);
      }}
      onContextMenu={menu}
      onKeyDown={keyDown}
      {...dragging(entryOf, setTarget)}
      data-test="file-list"
      data-count={entries.length}
    >
      <div role="presentation" style={{ height: `${part.total}px` }}>
        <div
          role="presentation"
          class="file-part"
          style={{
            transform: `translateY(${part.offset}px)`,
            gridTemplateColumns: grid ? `repeat(${part.columns}, 1fr)` : '1fr',
            '--row': `${cells.rowHeight}px`,
          }}
        >
          {entries.slice(part.from, part.to).map((entry, offset) => (
            <Row
              key={entry.path}
              entry={entry}
              index={part.from + offset}
              count={entries.length}
              chosen={chosen.has(entry.path)}
              at={at === entry.path}
              target={target === entry.path}
              faded={cut?.has(entry.path) ?? false}
              grid={grid}
              origin={folder.value === null ? originOf(entry) : null}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function menuBelow(element: Element | null): void {
  const { left = 0, bottom = 0 } = element?.getBoundingClientRect() ?? {};
  openLayer({ kind: 'file-menu', x: left + MENU_INDENT_PX, y: bottom });
}

function originOf(entry: Entry): string {
  const info = infoOf(nameOf(entry.path));
  return info ? shownName(folderOf(info.path)) || t.files.home : '';
}

const isLetter = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  Array.from(key).length === 1 && !ctrlKey && !metaKey && !altKey;
