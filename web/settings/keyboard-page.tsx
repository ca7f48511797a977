/** All keys the shell takes; everything else goes to the desktop. */
import { SHORTCUT_KEYS } from '../shell/shortcuts.ts';
import { t } from '../ui/strings/catalogue.ts';

const ROWS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [SHORTCUT_KEYS.search, t.keyboard.search],
  [SHORTCUT_KEYS.menu, t.keyboard.bar],
  [SHORTCUT_KEYS.terminal, t.keyboard.shell],
  [SHORTCUT_KEYS.left, t.keyboard.left],
  [SHORTCUT_KEYS.right, t.keyboard.right],
  [SHORTCUT_KEYS.maximise, t.keyboard.up],
  [SHORTCUT_KEYS.restore, t.keyboard.down],
  [SHORTCUT_KEYS.help, t.keyboard.help],
  [['F1'], t.keyboard.helpShell],
  [['Tab'], t.keyboard.tab],
  [['Esc'], t.keyboard.escape],
];

export function KeyboardPage() {
  return (
    <>
      <h2>{t.keyboard.title}</h2>
      <table class="shortcuts" data-test="shortcuts">
        <tbody>
          {ROWS.map(([keys, what]) => (
            <tr key={what}>
              <td>
                {keys.map((key, at) => (
                  <span key={key}>
                    {at > 0 && ' '}
                    <kbd>{key}</kbd>
                  </span>
                ))}
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="small">{t.keyboard.note}</p>
    </>
  );
}
