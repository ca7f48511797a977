/** Shows the login page, or the workspace, whose code is loaded after login. */
import { Failure } from '../ui/views.tsx';
import { Login } from '../login/login.tsx';
import { boot } from '../state/session.ts';
import { bootFailure, session } from '../state/store.ts';
import { lazy } from '../ui/lazy.tsx';
import './boot.css';

const Workspace = lazy(() => import('./workspace.tsx'));

export function App() {
  const who = session.value;
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
      {who && <Workspace key={who.user.id} />}
    </>
  );
}
