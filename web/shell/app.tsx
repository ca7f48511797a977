/** Shows the login page, or the workspace, whose code is loaded after login. */
import { Failure } from '../ui/views.tsx';
import { Login } from '../login/login.tsx';
import { boot } from '../state/session.ts';
import { bootFailure, session } from '../state/store.ts';
import { screenInAddress } from '../screens/address.ts';
import { lazy } from '../ui/lazy.tsx';
import { serverUrl } from '../ui/server-url.ts';
import './boot.css';

const Workspace = lazy(() => import('./workspace.tsx'));
const ScreenWindow = lazy(() => import('./screen-window.tsx'));

export function App() {
  const who = session.value;
  const screen = screenInAddress(location, serverUrl('').pathname);
  if (bootFailure.value !== null && !who)
    return (
      <main class="boot-failure">
        <div class="glass">
          <Failure error={bootFailure.value} retry={() => void boot()} />
        </div>
      </main>
    );
  return (
    <>
      {who === null && <Login onStart={() => void Workspace.preload()} />}
      {who && (screen ? <ScreenWindow address={screen} /> : <Workspace key={who.user.id} />)}
    </>
  );
}
