/** Who is here decides what is shown: the login page or the workspace. */
import { Failure } from '../ui/views.tsx';
import { Login } from '../login/login.tsx';
import { boot } from '../state/session.ts';
import { bootFailure, session } from '../state/store.ts';
import { Notices } from './notices.tsx';
import { Workspace } from './workspace.tsx';
import './app.css';

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
      {who === null && <Login />}
      {who && <Workspace key={who.user.id} />}
      <Notices />
    </>
  );
}
