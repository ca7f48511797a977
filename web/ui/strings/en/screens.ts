/** The texts about several screens and windows of apps, in English: a part of strings.ts. */

export const screens = {
  screens: {
    title: 'Screen',
    add: 'Add a screen',
    words: 'monitor display window second',
    popOut: 'Open in its own window',
    pullBack: 'Return to the desktop',
    main: 'Move to the main screen',
    moveTo: (number: number) => `Move to screen ${number}`,
    most: (count: number) => `A desktop can have at most ${count} screens.`,
    blocked: 'The browser blocked the new window. Allow pop-ups for this page, then try again.',
    refused: (reason: string) => `The desktop can’t have these screens: ${reason}`,
    waiting: 'The desktop is making room for this screen …',
    alone: 'The desktop’s main page is closed. This window keeps working; open the main page to change its size.',
  },
};
