/** Replays in a page what a browser does for keys. */
import type { Step } from './steps.ts';

/** Runs in the page: replays steps on the element that has the focus. */
export function replay(steps: readonly Step[]): void {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement)) throw new Error('the key field has no focus');
  let composing: number | null = null;
  const compose = (type: string, data: string): void =>
    void field.dispatchEvent(new CompositionEvent(type, { data, bubbles: true }));
  const replace = (text: string, inputType: string, isComposing: boolean): void => {
    const from = composing ?? field.selectionStart;
    field.setRangeText(text, from, field.selectionEnd, 'end');
    field.dispatchEvent(new InputEvent('input', { data: text, inputType, isComposing, bubbles: true }));
  };
  for (const step of steps)
    switch (step.type) {
      case 'keydown':
      case 'keyup': {
        const event = new KeyboardEvent(step.type, { ...step.init, bubbles: true, cancelable: true });
        const isAllowed = field.dispatchEvent(event);
        if (isAllowed && step.type === 'keydown' && step.inserts !== undefined)
          replace(step.inserts, 'insertText', false);
        break;
      }
      case 'compose':
        if (composing === null) {
          composing = field.selectionStart;
          compose('compositionstart', '');
        }
        compose('compositionupdate', step.text);
        replace(step.text, 'insertCompositionText', true);
        break;
      case 'commit':
        replace(step.text, 'insertCompositionText', true);
        composing = null;
        compose('compositionend', step.text);
        break;
      case 'insert':
        replace(step.text, 'insertText', false);
        break;
      case 'erase':
        field.setRangeText('', Math.max(0, field.selectionStart - 1), field.selectionEnd, 'end');
        field.dispatchEvent(new InputEvent('input', { inputType: 'deleteContentBackward', bubbles: true }));
        break;
      case 'hide':
        document.dispatchEvent(new Event('visibilitychange'));
        break;
      case 'fullscreen':
        document.dispatchEvent(new Event('fullscreenchange'));
        break;
      case 'leave':
        field.blur();
        field.focus();
    }
}
