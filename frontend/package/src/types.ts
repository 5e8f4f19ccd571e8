/** What the element is for: to create a bot, or to sign a person in. */
export type Mode = "registration" | "login";

/** By which door a person signs in; `auto` is what suits the browser. */
export type Method = "auto" | "qr" | "redirect" | "frame" | "workspace";

/** The colours; `auto` follows the browser's setting. */
export type Theme = "auto" | "light" | "dark";

/** Who has signed in. For a greeting only: a page can be made to say anything, so believe the ticket. */
export interface Identity {
  user_id: string;
  name: string;
  email: string;
  avatar_url?: string;
  corp_id?: string;
  admin?: boolean;
}

/** An app whose credentials are stored at the backend. */
export interface Created {
  status: "created";
  app: string;
  client_id: string;
  /** The first characters of the secret, and dots. */
  hint: string;
  saved_to: string[];
  verified: boolean;
  findings?: string[];
}

/** A person has signed in. */
export interface Authenticated {
  status: "authenticated";
  identity: Identity;
  /** On another origin than the backend's: give it to your own server, which redeems it. */
  ticket?: string;
}

/** It is over without an app or a person. */
export type Ended =
  | { status: "denied"; reason?: string }
  | { status: "expired" }
  | { status: "cancelled" }
  | { status: "failed"; code: string; retry_after?: number }
  | { status: "operator_required" };

/** Where it stands. Public data only: no token of the flow, no secret. */
export type State =
  | { status: "idle" }
  | { status: "starting" }
  | { status: "pending" }
  | { status: "leaving" }
  | { status: "scanned"; number: number }
  | { status: "confirming" }
  | { status: "creating" }
  | { status: "approval_pending"; client_id: string }
  | Created
  | Authenticated
  | Ended;

/** The events of the element. They bubble and leave every shadow root. */
export interface DingTalkQrEventMap {
  /** Whenever something is different. */
  "dingtalk-state": CustomEvent<State>;
  /** A code can be scanned, or a door is open. */
  "dingtalk-ready": CustomEvent<{ status: "pending" }>;
  /** The credentials of an app are stored. */
  "dingtalk-created": CustomEvent<Created>;
  /** Somebody has signed in. */
  "dingtalk-authenticated": CustomEvent<Authenticated>;
  /** It ended without an app or a person. */
  "dingtalk-ended": CustomEvent<Ended>;
}

/** What can be set on the element, as attributes or as properties. */
export interface DingTalkQrProperties {
  /** Default `registration`. */
  mode: Mode;
  /** Base URL of the backend. Default: where the script came from, if that was a backend, else the page's origin. */
  backend: string;
  /** The name under which the backend keeps the app, or the app to sign in with. */
  app: string;
  /** The organisation whose app to sign in with, in place of `app`. */
  corpId: string;
  /** Default `auto`. */
  method: Method;
  /** On the backend's own origin: names whoever is signed in already, and asks only others. */
  recognise: boolean;
  /** How often an expired code is replaced without a press of its button, while somebody looks at it; digits. Default `0`. */
  autoRefresh: string;
  /** BCP 47 tag. Default: the language of the nearest ancestor that has one, else the browser's. */
  lang: string;
  /** Default `auto`. */
  theme: Theme;
  /** An embed token. It lasts ten minutes: `tokenUrl` or `getToken` can give a fresh one. */
  token: string;
  /** Where your own server answers `{"token": "…"}` to a GET. */
  tokenUrl: string;
  /** Gives an embed token; asked whenever a registration begins. */
  getToken?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Texts of your own, in place of some of ours. */
  texts?: Partial<Texts> | undefined;
}

/** What the backend answers when a flow begins. */
export interface FlowStarted {
  flow_id: string;
  poll_token: string;
  qr?: Qr;
  user_code?: string;
  door?: { method: string; url?: string };
  expires_in: number;
  interval: number;
  brand?: string;
  simulated?: boolean;
  state: State;
}

/** A QR code, as SVG path data in modules. */
export interface Qr {
  text: string;
  size: number;
  path: string;
}

/** What a face is made with. */
export interface PanelOptions {
  mode: Mode;
  backend: string;
  app?: string | undefined;
  corp_id?: string | undefined;
  method: Method;
  recognise: boolean;
  auto_refresh: number;
  lang: string;
  theme: string;
  /** Gives an embed token, if there is one. */
  token: () => Promise<string | undefined>;
  /** Shows the secret of a new app once. */
  reveal?: (offer: { root: HTMLElement; url: string; token: string }) => void;
  /** The key in `sessionStorage`. */
  place: string;
  /** The idempotency key of the flow. */
  key: string;
  /** What the loader has begun; nothing if that failed. */
  begun?: Promise<FlowStarted | undefined> | undefined;
}

/** The face of a flow: made in Rust, or by `plain.ts` where WebAssembly is refused. */
export interface Panel {
  setTheme(name: string): void;
  setTexts(lang: string, texts: Texts): void;
  start(): void;
  cancel(): void;
  switch(method: string): void;
  free(): void;
}

export type PanelClass = new (
  root: Element,
  options: PanelOptions,
  texts: Texts,
  tell: (state: State) => void,
) => Panel;

import type { Texts } from "./texts.js";
export type { Texts };

declare global {
  interface HTMLElementTagNameMap {
    "dingtalk-qr": import("./element.js").DingTalkQrElement;
  }
}
