/** What can be done with new files of Downloads, in their notice. */
import { closeLayer } from '../layers/layers.ts';
import { dismissNotices } from '../state/notices.ts';
import { t } from '../ui/strings/catalogue.ts';
import { saveOffered, showOffered } from './offers.ts';

export function OfferNotice({ id }: { id: string }) {
  const leaveTo = (act: (id: string) => void) => () => {
    dismissNotices([id]);
    closeLayer('notices');
    act(id);
  };
  return (
    <p class="row notice-acts">
      <button type="button" onClick={leaveTo(saveOffered)} data-test="notice-save">
        {t.files.save}
      </button>
      <button type="button" class="quiet" onClick={leaveTo(showOffered)} data-test="notice-in-files">
        {t.files.showInFiles}
      </button>
    </p>
  );
}
