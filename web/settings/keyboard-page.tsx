/** The shell's shortcuts, and gestures on touch devices. */
import { canLockKeys } from '../screen/full-screen.ts';
import { TouchMode } from '#protocol/system.ts';
import { isMac } from '../screen/platform.ts';
import { changePreferences } from '../state/preferences.ts';
import { SHORTCUT_KEYS } from '../state/shortcuts.ts';
import { preferences } from '../state/store.ts';
import { keyName } from '../ui/key-name.ts';
import { isTouch } from '../ui/pointer.ts';
import { t } from '../ui/strings/catalogue.ts';

const keys = (): readonly (readonly [keys: readonly string[], what: string])[] => [
  [SHORTCUT_KEYS.search, t.keyboard.search],
  [SHORTCUT_KEYS.menu, t.keyboard.bar],
  [SHORTCUT_KEYS.files, t.keyboard.files],
  [SHORTCUT_KEYS.terminal, t.keyboard.shell],
  [SHORTCUT_KEYS.screen, t.screens.add],
  [SHORTCUT_KEYS.left, t.keyboard.left],
  [SHORTCUT_KEYS.right, t.keyboard.right],
  [SHORTCUT_KEYS.maximise, t.keyboard.up],
  [SHORTCUT_KEYS.restore, t.keyboard.down],
  [SHORTCUT_KEYS.fullScreen, t.keyboard.fullScreen],
  [SHORTCUT_KEYS.help, t.keyboard.help],
  [['F1'], t.keyboard.helpShell],
  [['Tab'], t.keyboard.tab],
  [['Esc'], t.keyboard.escape],
];

const touches = (): readonly (readonly [touch: string, what: string])[] => [
  [t.keyboard.tap, t.keyboard.tapWhat],
  [t.keyboard.twoTap, t.keyboard.twoTapWhat],
  [t.keyboard.threeTap, t.keyboard.threeTapWhat],
  [t.keyboard.drag, t.keyboard.dragWhat],
  [t.keyboard.twoDrag, t.keyboard.twoDragWhat],
  [t.keyboard.pinch, t.keyboard.pinchWhat],
  [t.keyboard.pan, t.keyboard.panWhat],
  [t.keyboard.trackpad, t.keyboard.trackpadWhat],
  [t.keyboard.tapDrag, t.keyboard.tapDragWhat],
  [t.keyboard.onScreen, t.keyboard.onScreenWhat],
];

export function KeyboardPage() {
  const touch = isTouch();
  return (
    <>
      <h2>{touch ? t.keyboard.touchTitle : t.keyboard.title}</h2>
      {touch && (
        <>
          <h3 id="touch-mode-label">{t.keyboard.touchMode}</h3>
          <div class="segments" role="radiogroup" aria-labelledby="touch-mode-label" data-test="touch-mode">
            {TouchMode.options.map((one) => (
              <button
                key={one}
                type="button"
                role="radio"
                aria-checked={one === preferences.value.touch}
                onClick={() => changePreferences({ touch: one })}
              >
                {t.keyboard.touchModes[one]}
              </button>
            ))}
          </div>
          <table class="shortcuts" data-test="touches">
            <tbody>
              {touches().map(([how, what]) => (
                <tr key={how}>
                  <td>{how}</td>
                  <td>{what}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <h3>{t.keyboard.keysTitle}</h3>
        </>
      )}
      <table class="shortcuts" data-test="shortcuts">
        <tbody>
          {keys().map(([combination, what]) => (
            <tr key={what}>
              <td>
                {combination.map((key, at) => (
                  <span key={key}>
                    {at > 0 && ' '}
                    <kbd>{keyName(key)}</kbd>
                  </span>
                ))}
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="small">{t.keyboard.note}</p>
      <p class="small">{canLockKeys ? t.keyboard.allKeys : t.keyboard.someKeys}</p>
      {isMac() && <p class="small">{t.keyboard.mac}</p>}
    </>
  );
}
