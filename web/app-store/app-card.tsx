/** An app in the list of the store. */
import type { StoreApp } from '#protocol/app-store.ts';
import { AppIcon } from '../ui/app-icon.tsx';
import { MainButton } from './app-buttons.tsx';
import { FailureReason, Progress, StatePill } from './app-state.tsx';

export function AppCard({ app, show }: { app: StoreApp; show: () => void }) {
  return (
    <li class="store-card" data-test="store-app" data-app={app.name} data-id={app.id}>
      <AppIcon name={app.displayName} url={app.iconUrl} size={48} />
      <div class="store-card-text">
        <h3>
          <button type="button" class="store-name" onClick={show} data-test="store-details">
            {app.displayName}
          </button>
        </h3>
        {app.description !== null && <p class="small">{app.description}</p>}
        <StatePill app={app} />
        <Progress app={app} />
        <FailureReason app={app} />
      </div>
      <div class="store-card-button">
        <MainButton app={app} />
      </div>
    </li>
  );
}
