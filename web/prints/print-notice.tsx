/** What can be done with a print, in its notice. */
import { api } from '../state/api.ts';
import { dismissNotices } from '../state/notices.ts';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { printOrNotify } from './arrivals.ts';
import { printOfNotice } from './present-print.ts';
import { canPrintHere } from './print-document.ts';

export function PrintNotice({ id }: { id: string }) {
  const name = printOfNotice(id);
  const leave = () => {
    dismissNotices([id]);
    closeLayer('notices');
  };
  const print = () => {
    leave();
    if (name !== null) void printOrNotify(name);
  };
  const list = () => {
    leave();
    openLayer({ kind: 'settings', page: 'prints', launchId: null });
  };
  return (
    <p class="row notice-acts">
      {name !== null && canPrintHere() && (
        <button type="button" onClick={print} data-test="notice-print">
          {t.prints.print}
        </button>
      )}
      {name !== null && (
        <a
          class="button"
          href={api.desktop.prints.url(name)}
          target="_blank"
          rel="noreferrer"
          onClick={leave}
          data-test="notice-open"
        >
          {t.prints.open}
        </a>
      )}
      <button type="button" class="quiet" onClick={list} data-test="notice-prints">
        {t.prints.list}
      </button>
    </p>
  );
}
