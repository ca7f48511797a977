/**
 * The part of npm `x11` that `display` uses, typed narrowly. The package carries no types; nothing outside this area
 * may import it.
 */
declare module 'x11' {
  import type { EventEmitter } from 'node:events';

  export interface XError extends Error {
    /** Core protocol error code: 3 is BadWindow. */
    readonly error: number;
    readonly majorOpcode: number;
  }

  /** Returns true if it handled the error; otherwise the client emits it. */
  export type Done<T> = (error: XError | null | undefined, value: T) => boolean;

  export interface PropertyReply {
    readonly type: number;
    readonly format: number;
    readonly bytesAfter: number;
    readonly data: Buffer;
  }

  export interface ClientId {
    readonly client: number;
    readonly mask: number;
    readonly value: readonly number[];
  }

  export interface ResExtension {
    QueryClientIds(specs: readonly { client: number; mask: number }[], done: Done<readonly ClientId[]>): void;
  }

  export interface Geometry {
    readonly xPos: number;
    readonly yPos: number;
    readonly width: number;
    readonly height: number;
  }

  export interface DamageExtension {
    readonly majorOpcode: number;
    Create(damage: number, drawable: number, reportLevel: 0 | 1 | 2 | 3): void;
    Destroy(damage: number): void;
    /** Forgets what was drawn so far; regions of 0: all of it, and nobody gets it. */
    Subtract(damage: number, repair: number, parts: number): void;
  }

  export interface FixesExtension {
    SelectSelectionInput(window: number, selection: number, eventMask: number): void;
  }

  /** The fields of the events that `display` uses. */
  export interface XEvent {
    readonly name?: string;
    readonly wid?: number;
    readonly atom?: number;
    /** Of PropertyNotify: 1 if the property was deleted. */
    readonly state?: number;
    readonly selection?: number;
    /** Of SelectionRequest and the core's SelectionNotify; undefined in the SelectionNotify of XFixes. */
    readonly requestor?: number;
    readonly target?: number;
    /** 0: none. */
    readonly property?: number;
    readonly time?: number;
    /** Of the SelectionNotify of XFixes: the new owner, or 0. */
    readonly owner?: number;
    readonly selectionTimestamp?: number;
    /** Of DamageNotify: the window, and the box of what was drawn in it. */
    readonly drawable?: number;
    readonly area?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  }

  export interface Screen {
    readonly root: number;
  }

  export interface Client extends EventEmitter {
    /** Names known to this connection. The package shares one object between all connections until it is replaced. */
    atoms: Record<string, number>;
    InternAtom(onlyIfExists: boolean, name: string, done: Done<number>): void;
    GetAtomName(atom: number, done: Done<string>): void;
    ListProperties(window: number, done: Done<readonly number[]>): void;
    DeleteProperty(window: number, property: number): void;
    GetProperty(
      remove: 0 | 1,
      window: number,
      property: number,
      type: number,
      offsetWords: number,
      lengthWords: number,
      done: Done<PropertyReply>,
    ): void;
    GetWindowAttributes(window: number, done: Done<{ readonly mapState: number }>): void;
    GetGeometry(window: number, done: Done<Geometry>): void;
    TranslateCoordinates(
      from: number,
      to: number,
      x: number,
      y: number,
      done: Done<{ readonly destX: number; readonly destY: number }>,
    ): void;
    ChangeWindowAttributes(window: number, values: { eventMask: number }, done: Done<undefined>): void;
    GetInputFocus(done: Done<unknown>): void;
    SendClientMessage(
      destination: number,
      window: number,
      type: number,
      format: 32,
      data: readonly number[],
      eventMask: number,
    ): void;
    AllocID(): number;
    CreateWindow(
      id: number,
      parent: number,
      x: number,
      y: number,
      width: number,
      height: number,
      borderWidth: number,
      depth: number,
      windowClass: number,
      visual: number,
      values: { eventMask: number },
      done: Done<undefined>,
    ): void;
    DestroyWindow(window: number, done: Done<undefined>): void;
    ChangeProperty(
      mode: 0,
      window: number,
      property: number,
      type: number,
      format: 8 | 32,
      data: Buffer | readonly number[],
      done: Done<undefined>,
    ): void;
    DeleteProperty(window: number, property: number, done: Done<undefined>): void;
    SetSelectionOwner(owner: number, selection: number, time: number): void;
    ConvertSelection(requestor: number, selection: number, target: number, property: number, time: number): void;
    SendEvent(
      destination: number,
      propagate: 0,
      eventMask: number,
      event: {
        readonly name: 'SelectionNotify';
        readonly requestor: number;
        readonly selection: number;
        readonly target: number;
        readonly property: number;
        readonly time: number;
      },
      done: Done<undefined>,
    ): void;
    require(extension: 'damage', done: (error: Error | null, extension: DamageExtension) => void): void;
    require(extension: 'fixes', done: (error: Error | null, extension: FixesExtension) => void): void;
    require(extension: 'res', done: (error: Error | null, extension: ResExtension) => void): void;
  }

  export interface Options {
    readonly display: string;
    readonly stream: EventEmitter;
    readonly auth: { readonly name: string; readonly data: string };
    readonly disableBigRequests: boolean;
    readonly bufferRequests: { readonly flushOnReply: boolean };
  }

  const x11: {
    createClient(options: Options): Client;
    readonly eventMask: Readonly<
      Record<
        'PropertyChange' | 'StructureNotify' | 'VisibilityChange' | 'SubstructureNotify' | 'SubstructureRedirect',
        number
      >
    >;
  };
  export default x11;
}
