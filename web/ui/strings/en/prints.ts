/** The texts about printing, in English: a part of strings.ts. */
import { many } from './grammar.ts';

export const prints = {
  prints: {
    printed: (name: string) => `“${name}” is ready to print.`,
    missed: (count: number) =>
      many(count, {
        one: '# document was printed while you were away.',
        other: '# documents were printed while you were away.',
      }),
    failed: (name: string) => `“${name}” can’t be printed from here. Open it, and print it there.`,
    print: 'Print',
    open: 'Open',
    save: 'Save',
    remove: 'Delete',
    list: 'Show prints',
    automatic: 'Open the print dialog when an app prints',
    automaticHint: 'Otherwise a notification appears.',
    empty: 'Nothing printed yet',
    emptyHint:
      'Print from any app with the printer “Print to my computer”. The document appears here, and as a PDF file in the folder PDF of your home folder.',
    name: 'Document',
    size: 'Size',
    time: 'Printed',
    isNew: 'new',
    only: (shown: number, total: number) => `The most recent ${shown} of ${total} documents are listed.`,
    removeTitle: (name: string) => `Delete “${name}”?`,
    removeText: 'The PDF file is deleted from your home folder.',
  },
};
