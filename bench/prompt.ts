/** The prompt of the toolbox's shell (images/toolbox/bashrc), ready for what is typed. */
export const PROMPT = /toolbox:[^\r\n]*[$#] $/;

/** Without what sets colours and modes. */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\u001b(\[[0-9;?]*[a-zA-Z]|\][^\u0007]*\u0007)/g, '');
}
