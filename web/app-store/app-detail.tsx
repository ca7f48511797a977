/** One app in the store: picture, what is known of it, and all that the user can do with it. */
import type { StoreApp } from '#protocol/app-store.ts';
import { ArrowLeft } from 'lucide';
import { AppIcon } from '../ui/app-icon.tsx';
import { FactList } from '../ui/fact-list.tsx';
import { bytes, dateTime, enumerated } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { serverUrl } from '../ui/server-url.ts';
import { t } from '../ui/strings/catalogue.ts';
import { MainButton, MoreButtons } from './app-buttons.tsx';
import { FailureReason, Progress, StatePill } from './app-state.tsx';
import { categoriesOf, hasUpdate } from './store-model.ts';

export function AppDetail({ app, back }: { app: StoreApp; back: () => void }) {
  const { displayName, iconUrl, pictureUrl, description, state } = app;
  return (
    <article class="store-detail" data-test="store-detail" data-app={app.name} aria-label={displayName}>
      <button type="button" class="quiet" onClick={back} data-test="store-back">
        <Icon directed of={ArrowLeft} size={15} /> {t.appStore.back}
      </button>
      <div class="store-head">
        <AppIcon name={displayName} url={iconUrl} size={72} />
        <div>
          <h2>{displayName}</h2>
          {description !== null && <p>{description}</p>}
          <StatePill app={app} />
        </div>
      </div>
      <div class="store-buttons">
        <MainButton app={app} />
        <MoreButtons app={app} />
      </div>
      <Progress app={app} />
      <FailureReason app={app} />
      {hasUpdate(app) && state.state === 'outdated' && <p data-test="store-why">{t.appStore.why[state.why]}</p>}
      {pictureUrl !== null && (
        <img
          class="store-picture"
          src={serverUrl(pictureUrl).href}
          alt={t.appStore.picture(displayName)}
          data-test="store-picture"
        />
      )}
      <Facts app={app} />
    </article>
  );
}

function Facts({ app }: { app: StoreApp }) {
  const words = t.appStore.facts;
  const { runtime, version, licence, builtAt, installedBy } = app;
  const categories = categoriesOf(app).map((one) => t.appStore.categories[one]);
  return (
    <FactList
      facts={[
        [words.categories, enumerated(categories)],
        [words.version, version ?? (app.ours ? t.appStore.fromDebian : null)],
        [words.licence, licence],
        [words.size, sizeOf(app)],
        [words.runtime, runtime === 'ephemeral_container' ? t.search.inDesktop : t.search.inPod],
        [words.opens, opensOf(app)],
        [words.access, accessOf(app)],
        [words.installedBy, installedBy],
        [words.built, builtAt === null ? null : dateTime(builtAt)],
        [words.image, app.id],
      ]}
    />
  );
}

function sizeOf({ bytes: size, expectedBytes }: StoreApp): string | null {
  if (size !== null) return bytes(size);
  return expectedBytes === null ? null : t.appStore.about(bytes(expectedBytes));
}

/** `.`, `/`, `web:` and `mailto:` in words; extensions as they are. */
function opensOf({ opens }: StoreApp): string | null {
  if (opens.length === 0) return null;
  const words: Readonly<Record<string, string>> = t.appStore.kinds;
  return enumerated(opens.map((kind) => words[kind] ?? kind));
}

function accessOf({ acl: { permit, deny = [] } }: StoreApp): string {
  const words = t.appStore.access;
  if (deny.includes('all') || permit.length === 0) return words.nobody;
  const who = permit.includes('all') ? words.everybody : words.labels(enumerated(permit));
  return deny.length === 0 ? who : words.except(who, enumerated(deny));
}
