import { backendOf } from "./backend.js";
import { draw } from "./draw.js";
import { language } from "./language.js";
import skeleton from "./skeleton.css";
import { textsOf } from "./texts-of.js";
import type { DingTalkQrEventMap, DingTalkQrProperties, FlowStarted, Method, State } from "./types.js";
import type { Shell } from "./shell.js";

/** Whether nobody but a browser runs this: the loader. The build says. */
declare const BROWSER: boolean;

/** The properties that are attributes, too, and what stands for one that is missing. */
const defaults: Record<string, string | false> = {
  mode: "registration",
  backend: backendOf(import.meta.url),
  app: "",
  corpId: "",
  method: "auto",
  recognise: false,
  autoRefresh: "",
  tokenUrl: "",
};
/** With those that may change without a new beginning. */
const properties = { ...defaults, lang: "", token: "", theme: "auto" };

const attributeOf = (property: string) => property.replace(/[A-Z]/, "-$&").toLowerCase();

const make = (tag: string, name: string, ...children: (Element | string)[]) => {
  const node = document.createElement(tag);
  node.className = name;
  node.append(...children);
  return node;
};

/** One stylesheet for all elements of the page. */
let sheet: CSSStyleSheet | undefined;
let wasm: Promise<Response> | undefined;
/** Two calls of `import()` may be answered in any order, and the order of elements says which flow is whose after a reload. */
let panel: Promise<typeof import("./panel.js")> | undefined;

/** `<dingtalk-qr>`: begins at once and shows the code, while `shell.ts` fetches all the rest. */
export class DingTalkQrElement extends (BROWSER ? HTMLElement : (globalThis.HTMLElement ?? class {})) {
  declare getToken?: DingTalkQrProperties["getToken"];
  declare texts?: DingTalkQrProperties["texts"];
  private declare _state?: State;
  private declare _due?: boolean;
  /** What it was mounted with, to tell a change from a move. */
  private declare _mounted?: string | false;
  private declare _shell?: Promise<Shell> | undefined;
  /** @internal */
  declare _key: string;
  /** @internal */
  declare _begun?: Promise<FlowStarted | undefined> | undefined;

  static get observedAttributes() {
    return Object.keys(properties).map(attributeOf);
  }

  constructor() {
    super();
    // Properties that were set before the element was defined would hide the accessors.
    for (const name of Object.keys(this) as "app"[]) {
      const value = this[name];
      delete (this as Partial<this>)[name];
      this[name] = value;
    }
    const shadow = this.attachShadow({ mode: "open" });
    try {
      if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(skeleton);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      // A browser of before 2023 shows the panel without its looks.
    }
  }

  /** Where it stands. */
  get state(): State {
    return this._state ?? { status: "idle" };
  }

  /** Begins anew. */
  start() {
    this._shell?.then((shell) => shell.start());
  }

  /** Gives a live flow up. */
  cancel() {
    this._shell?.then((shell) => shell.cancel());
  }

  /** Begins a login anew by another door. */
  switchMethod(method: Method) {
    this._shell?.then((shell) => shell.switch(method));
  }

  disconnectedCallback() {
    this.connectedCallback();
  }

  attributeChangedCallback() {
    this.connectedCallback();
  }

  /** Takes the changes of one tick together, so that an element that was only moved is left alone. */
  connectedCallback() {
    if (!this._due) queueMicrotask(() => this._update());
    this._due = true;
  }

  private _update() {
    this._due = false;
    const wanted = this.isConnected && JSON.stringify(Object.keys(defaults).map((name) => this[name as "app"]));
    if (wanted == this._mounted) this._shell?.then((shell) => shell.dress());
    else {
      this._shell?.then((shell) => shell.free());
      this._mounted = wanted;
      this._shell = wanted ? this._mount() : undefined;
    }
  }

  private async _mount() {
    const isLogin = this.mode == "login";
    const hasCode = !isLogin || this.method == "qr" || (this.method == "auto" && !/DingTalk|Mobi/.test(navigator.userAgent));
    const stage = make("div", "dtqr-stage");
    const card = make("div", "dtqr-card", hasCode ? stage : "", make("slot", ""));
    const root = make("div", "", make("div", "dtqr", card));
    card.dataset.job = this.mode;
    this.shadowRoot!.replaceChildren(root);
    this._key = crypto.getRandomValues(new Uint32Array(4)).join();

    const begin = async () => {
      // A tab that has a flow may go on with it. Who may be recognised need not begin.
      if (!hasCode || this.recognise || /dingtalk-qr/.test(Object.keys(sessionStorage) + "")) return;
      this._tell({ status: "starting" });
      const token = !isLogin && (await this._token());
      const answer = await fetch(`${this.backend.replace(/\/+$/, "")}/api/v1/${isLogin ? "logins" : "registrations"}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(token && { authorization: "Bearer " + token }) },
        body: JSON.stringify(isLogin ? { method: "qr", app: this.app || undefined, corp_id: this.corpId || undefined } : { app_name: this.app || undefined, idempotency_key: this._key }),
      });
      if (answer.ok) {
        const flow = (await answer.json()) as FlowStarted;
        // Nobody sees this stage if the shell has one of its own by then.
        stage.append(draw(flow.qr!));
        if (root.isConnected) this._tell(flow.state, "ready");
        return flow;
      }
    };
    this._begun = begin().catch(() => undefined);
    // The few bytes of the code come first: on a slow line all the rest would come between them.
    await new Promise((go) => setTimeout(go, 50));
    textsOf(this._language());
    // Who waits for it comes later.
    (wasm ??= fetch(new URL("./panel_bg.wasm", import.meta.url))).catch(() => {});
    return (await (panel ??= import("./panel.js"))).open(this, root, wasm);
  }

  /** @internal */
  _language() {
    return language(this.closest<HTMLElement>("[lang]")?.lang || navigator.language);
  }

  /** Asks for an embed token: the function, else the address, else the attribute.
   * @internal */
  async _token(): Promise<string | undefined> {
    if (this.getToken) return this.getToken();
    if (this.tokenUrl) return (await (await fetch(this.tokenUrl, { cache: "no-store" })).json()).token;
    return this.token;
  }

  /** Says where it stands, unless that is known; `name` is the event for those who wait for this only.
   * @internal */
  _tell(state: State, name?: string) {
    if (JSON.stringify(state) == JSON.stringify(this.state)) return;
    this._state = state;
    for (const event of ["state", name])
      if (event) this.dispatchEvent(new CustomEvent("dingtalk-" + event, { detail: state, bubbles: true, composed: true }));
  }
}

// All with setters: frameworks write as an attribute what has none.
for (const name of [...Object.keys(properties), "getToken", "texts"]) {
  const attribute = attributeOf(name);
  const fallback = (properties as Record<string, string | false>)[name];
  Object.defineProperty(DingTalkQrElement.prototype, name, {
    get() {
      return fallback == null ? this["_" + name] : fallback === false ? this.hasAttribute(attribute) : (this.getAttribute(attribute) ?? fallback);
    },
    set(value: string | boolean | null | undefined) {
      if (fallback == null) {
        this["_" + name] = value;
        this.connectedCallback();
      } else if (value == null || value === false) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value as string);
    },
  });
}

type Listener<K extends keyof DingTalkQrEventMap> = (this: DingTalkQrElement, event: DingTalkQrEventMap[K]) => unknown;

type NativeListener<K extends keyof HTMLElementEventMap> = (this: DingTalkQrElement, event: HTMLElementEventMap[K]) => unknown;

export interface DingTalkQrElement extends Omit<DingTalkQrProperties, "lang" | "getToken" | "texts"> {
  addEventListener<K extends keyof DingTalkQrEventMap>(type: K, listener: Listener<K>, options?: boolean | AddEventListenerOptions): void;
  addEventListener<K extends keyof HTMLElementEventMap>(type: K, listener: NativeListener<K>, options?: boolean | AddEventListenerOptions): void;
  addEventListener(...parameters: Parameters<HTMLElement["addEventListener"]>): void;
  removeEventListener<K extends keyof DingTalkQrEventMap>(type: K, listener: Listener<K>, options?: boolean | EventListenerOptions): void;
  removeEventListener<K extends keyof HTMLElementEventMap>(type: K, listener: NativeListener<K>, options?: boolean | EventListenerOptions): void;
  removeEventListener(...parameters: Parameters<HTMLElement["removeEventListener"]>): void;
}
