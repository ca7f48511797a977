/** What to do when a name is taken: asked once at a time, and remembered for the rest of one action if the user says so. Pure. */

/** `later`: the user closed the question; an upload is paused then. */
export type Choice = 'both' | 'replace' | 'skip' | 'later';

export interface Question {
  readonly name: string;
  /** What has the name already; a folder is never replaced by a file. */
  readonly replaceable: boolean;
  /** How many more questions of this action wait. */
  readonly waiting: number;
}

interface Asked {
  readonly name: string;
  readonly replaceable: boolean;
  readonly answer: (choice: Choice) => void;
}

/** The questions of one action, for example of all files that were dropped together. */
export class Conflicts {
  readonly #show: (question: Question | null) => void;
  #queue: Asked[] = [];
  #forAll: Choice | null = null;

  /** `show` gets the question to ask now, or null for none. */
  constructor(show: (question: Question | null) => void) {
    this.#show = show;
  }

  ask(name: string, replaceable: boolean): Promise<Choice> {
    const known = this.#known(replaceable);
    if (known !== null) return Promise.resolve(known);
    return new Promise((answer) => {
      this.#queue.push({ name, replaceable, answer });
      this.#next();
    });
  }

  /** Answers the question that is shown. Closing it answers all that wait. */
  answer(choice: Choice, forAll: boolean): void {
    const first = this.#queue.shift();
    if (forAll && choice !== 'later') this.#forAll = choice;
    first?.answer(choice);
    const rest = this.#queue;
    this.#queue = [];
    for (const one of rest) {
      const known = choice === 'later' ? choice : this.#known(one.replaceable);
      if (known === null) this.#queue.push(one);
      else one.answer(known);
    }
    this.#next();
  }

  #known(replaceable: boolean): Choice | null {
    return this.#forAll === 'replace' && !replaceable ? null : this.#forAll;
  }

  #next(): void {
    const [first] = this.#queue;
    this.#show(first ? { name: first.name, replaceable: first.replaceable, waiting: this.#queue.length - 1 } : null);
  }
}
