import { base, card, code } from "./code.js";
import { decide } from "./door.js";
import type { DingTalkQrElement } from "./element.js";
import { eventOf } from "./events.js";
import { make } from "./make.js";
import css from "./panel.css";
import { keep, read, release, take } from "./place.js";
import { giveUp } from "./request.js";
import { textsOf } from "./texts-of.js";
import type { FlowStarted, Panel, PanelClass, PanelOptions, State, Texts } from "./types.js";
import { load } from "./wasm.js";

/** What the element can do once the panel is there. */
export interface Shell {
  start(): void;
  cancel(): void;
  switch(method: string): void;
  /** Takes over what may change without a new beginning: language, texts and theme. */
  dress(): void;
  /** Gives a live flow up and ends all that runs. */
  free(): void;
}

let panelClass: Promise<PanelClass> | undefined;

/** Loads the panel, once for all elements; the plain one where WebAssembly is refused or does not come. */
const loadPanel = (wasm: Promise<Response>) =>
  (panelClass ??= load(wasm).catch(async (error) => {
    console.warn("dingtalk-qr goes on without WebAssembly:", error);
    return (await import("./plain.js")).Panel;
  }));

/** Goes on from what the element has begun: dresses it, adds the words, and hands it to the panel. */
export async function open(element: DingTalkQrElement, root: HTMLElement, wasm: Promise<Response>): Promise<Shell> {
  dress(element.shadowRoot!, root);
  const options = optionsOf(element);
  const { mode, backend } = options;
  const isLogin = mode == "login";
  const door = decide(options.method, navigator.userAgent);
  const hasCode = !isLogin || door == "qr";
  const place = (options.place = take(options, door));
  const kept = read(place);
  if (hasCode && !kept && !options.recognise) options.begun = element._begun;

  let panel: Panel | undefined;
  let flow: FlowStarted | undefined = kept?.flow_id ? kept : undefined;
  let texts: Partial<Texts> = {};
  const paint = () => {
    if (panel) return;
    const status = flow?.qr ? make("p", "dtqr-status", { role: "status" }, texts.ready) : make("slot", "", {});
    const square = hasCode ? code(texts, isLogin, flow?.qr, flow?.qr ? "code" : "skeleton") : [];
    root.replaceChildren(base(options.theme, card(texts, isLogin, hasCode ? "scan" : "busy", ...square, status)));
  };
  options.begun?.then((begun) => {
    if (begun && !root.isConnected) return giveUp(backend, begun);
    flow = begun;
    paint();
  });

  let words: Texts;
  let repaint: (() => void) | undefined;
  options.reveal = async (offer) => {
    repaint = (await import("./reveal.js")).open({ ...offer, say: (key) => words[key as keyof Texts] });
  };
  let isFirst = !!options.begun;
  const tell = (state: State) => {
    // That a code is prepared the element has said already.
    if (root.isConnected && !(isFirst && state.status == "starting" && element.state.status != "idle")) {
      isFirst = false;
      element._tell(state, eventOf(state.status));
    }
  };
  texts = await textsIn(element);
  paint();
  const Panel = await loadPanel(wasm);
  // Both may be others by now.
  words = await textsIn(element);
  if (root.isConnected) {
    const painted = [...root.childNodes];
    panel = new Panel(root, { ...options, theme: element.theme, lang: element._language() }, words, tell);
    for (const node of painted) node.remove();
  }

  return {
    start: () => panel?.start(),
    cancel: () => panel?.cancel(),
    switch: (method) => panel?.switch(method),
    async dress() {
      panel?.setTheme(element.theme);
      words = await textsIn(element);
      if (root.isConnected) panel?.setTexts(element._language(), words);
      repaint?.();
    },
    free() {
      release(place);
      if (panel) panel.free();
      else if (flow) {
        giveUp(backend, flow);
        keep(place);
      }
      panel = undefined;
    },
  };
}

/** Puts the stylesheet in the skeleton's place. Browsers of before 2023 need a file for it. */
function dress(shadow: ShadowRoot, root: HTMLElement) {
  const [sheet] = shadow.adoptedStyleSheets ?? [];
  if (sheet) sheet.replaceSync(css);
  else root.before(make("link", "", { rel: "stylesheet", href: new URL("./panel.css", import.meta.url).href }));
}

function optionsOf(element: DingTalkQrElement): PanelOptions {
  const { mode, backend, app, corpId, method, recognise, autoRefresh, theme } = element;
  return {
    mode: mode == "login" ? mode : "registration",
    backend: backend.trim().replace(/\/+$/, ""),
    app: app || undefined,
    corp_id: corpId || undefined,
    method,
    recognise,
    auto_refresh: parseInt(autoRefresh) || 0,
    theme,
    lang: "",
    place: "",
    key: element._key,
    token: () => element._token(),
  };
}

const textsIn = async (element: DingTalkQrElement): Promise<Texts> => ({
  ...(await textsOf(element._language())).default,
  ...element.texts,
});
