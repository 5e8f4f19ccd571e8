import { base } from "./code.js";
import { decide } from "./door.js";
import { face, type View } from "./face.js";
import { webLink } from "./make.js";
import { keep, read, type Kept } from "./place.js";
import { api, giveUp } from "./request.js";
import type { Authenticated, FlowStarted, Panel as PanelInterface, PanelOptions, State, Texts } from "./types.js";

const WAIT_SECONDS = 25;
/** After the longest wait of the backend and time for the network, the connection counts as dead. */
const PATIENCE = (WAIT_SECONDS + 10) * 1000;
/** After the deadline the backend has this long to say how it ended. */
const GRACE = 4000;
const ATTEMPTS_TO_BEGIN = 4;
const PROOF = "#dingtalk-qr-proof=";

interface Answer {
  status: number;
  body: any;
  etag: string | null;
  retryAfter: number;
}

/** What DingTalk's answer brought to the page, for the panel whose flow was sent there. */
let proof: string | undefined;

/**
 * The panel where WebAssembly is refused: the code, a link, plain polling and every end. A login that is not by a code goes
 * to DingTalk and back.
 */
export class Panel implements PanelInterface {
  private _options: PanelOptions;
  private _report: (state: State) => void;
  private _base: HTMLElement;
  private _view: View;
  private _url: string;
  private _flow: Kept | undefined;
  private _etag: string | null = null;
  private _last = "";
  /** Whether the flow was resumed and has not been heard of since. */
  private _isUnconfirmed = false;
  /** Ends all that runs for the flow. */
  private _run = new AbortController();
  /** Ends the listeners. */
  private _life = new AbortController();
  /** Ends the request of the moment when nobody looks at the page. */
  private _question: AbortController | undefined;
  private _wake = () => {};

  constructor(root: Element, options: PanelOptions, texts: Texts, tell: (state: State) => void) {
    const { mode, backend, method, lang, theme } = options;
    this._options = options;
    this._report = tell;
    this._base = base(theme);
    this._base.lang = lang;
    root.append(this._base);
    const isLogin = mode == "login";
    this._url = api(backend);
    this._view = {
      texts,
      isLogin,
      door: !isLogin || decide(method, navigator.userAgent) == "qr" ? "qr" : "redirect",
      state: { status: "idle" },
      flow: undefined,
      trouble: undefined,
      start: () => this.start(),
      cancel: () => this.cancel(),
      switch: (door) => this.switch(door),
    };
    this._listen();
    void this._open();
  }

  setTheme(name: string) {
    this._base.setAttribute("data-theme", name);
  }

  setTexts(lang: string, texts: Texts) {
    this._base.lang = lang;
    this._view.texts = texts;
    this._draw();
  }

  start() {
    this._abandon();
    void this._begin();
  }

  cancel() {
    const { status } = this._view.state;
    if (!/starting|pending|leaving|scanned|confirming|creating/.test(status)) return;
    this._abandon();
    this._show({ status: "cancelled" });
  }

  switch(method: string) {
    if (!this._view.isLogin) return;
    this._view.door = method == "qr" ? "qr" : "redirect";
    this.start();
  }

  leave() {
    const { _flow, _options, _view } = this;
    this._isUnconfirmed = true;
    // Whoever is on the way to DingTalk goes on with the flow there.
    if (_flow && _view.state.status != "leaving") void giveUp(_options.backend, _flow, "?leaving=true");
  }

  free() {
    this._life.abort();
    this._abandon();
    this._base.remove();
  }

  private _listen() {
    const { signal } = this._life;
    const look = () => {
      this._look();
      if (this._mayAsk()) this._wake();
      else this._question?.abort();
    };
    document.addEventListener("visibilitychange", look, { signal });
    for (const event of ["online", "offline"]) addEventListener(event, look, { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    addEventListener("pageshow", () => this._view.state.status == "leaving" && this._show({ status: this._flow ? "pending" : "idle" }), { signal });
  }

  /** Begins, or goes on with what the tab has kept. */
  private async _open() {
    const { begun, place, recognise } = this._options;
    const { signal } = this._run;
    if (this._view.isLogin) pickUpProof();
    const kept = read(place);
    if (kept?.departed || (this._view.isLogin && recognise && this._isOwnOrigin())) {
      this._show({ status: "confirming" });
      const session = await this._ask(signal, "GET", "session").catch(() => undefined);
      if (signal.aborted) return;
      if (session?.status == 200) return this._show(authenticated(session.body));
    }
    if (kept?.flow_id) return this._resume(kept);
    if (this._view.door == "redirect") return this._show({ status: "idle" });
    this._show({ status: "starting" });
    const started = await begun;
    if (signal.aborted) return;
    if (started) this._follow({ ...started, deadline: Date.now() + started.expires_in * 1000 });
    else void this._begin(this._options.key);
  }

  private _resume(kept: Kept) {
    this._isUnconfirmed = true;
    const wasSent = kept.left;
    if (kept.door) this._view.door = kept.door.method == "qr" ? "qr" : "redirect";
    // Only who was sent to DingTalk may bring something back: anything else is somebody else's login.
    const brought = wasSent ? proof : undefined;
    proof = undefined;
    this._follow({ ...kept, left: false }, brought ? { status: "confirming" } : undefined);
    if (brought) void this._present(brought);
  }

  private async _begin(key = crypto.getRandomValues(new Uint32Array(4)).join()) {
    const { signal } = this._run;
    const { isLogin, door } = this._view;
    this._view.flow = undefined;
    this._show({ status: door == "redirect" ? "leaving" : "starting" });
    let isRefused = false;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this._ask(signal, "POST", isLogin ? "logins" : "registrations", this._body(key), isLogin ? undefined : await this._options.token());
        if (answer.status == 201) return this._begun(answer.body as FlowStarted);
        const code: string = answer.body?.code ?? "unknown";
        // A token may have become too old while the page was open: there is a fresh one.
        if (code == "embed_token_invalid" && !isRefused) {
          isRefused = true;
          continue;
        }
        return this._fail(code, answer.retryAfter);
      } catch {
        if (signal.aborted) return;
        if (attempt >= ATTEMPTS_TO_BEGIN) return this._fail("unreachable");
        await this._pause(1000 * 2 ** (attempt - 1), signal);
        if (signal.aborted) return;
      }
    }
  }

  private _body(key: string) {
    const { app, corp_id } = this._options;
    if (!this._view.isLogin) return { app_name: app, idempotency_key: key };
    const { href, pathname, search } = location;
    const return_to = this._isOwnOrigin() ? pathname + search : href.split("#")[0];
    return this._view.door == "qr" ? { method: "qr", app, corp_id } : { method: "redirect", app, corp_id, return_to };
  }

  private _begun(started: FlowStarted) {
    const flow = { ...started, deadline: Date.now() + started.expires_in * 1000 };
    if (this._view.door == "qr") return this._follow(flow);
    const url = webLink(flow.door?.url);
    if (!url) return this._fail("unknown");
    this._flow = flow;
    keep(this._options.place, { ...flow, left: true });
    location.assign(url);
  }

  private _follow(flow: Kept, state = plainState(flow.state)) {
    this._flow = this._view.flow = flow;
    this._etag = null;
    this._last = "";
    keep(this._options.place, flow);
    this._show(state);
    void this._watch(flow);
  }

  /** Asks how the flow stands until it has ended. */
  private async _watch(flow: Kept) {
    const { signal } = this._run;
    let failures = 0;
    while (!signal.aborted) {
      if (!this._mayAsk()) await new Promise<void>((wake) => (this._wake = wake));
      const asked = Date.now();
      let wait = 0;
      try {
        const answer = await this._ask(signal, "GET", `flows/${flow.flow_id}?wait=${WAIT_SECONDS}`, undefined, flow.poll_token);
        if (signal.aborted) return;
        if (answer.status == 404 && answer.body?.code == "flow_not_found") return this._vanish();
        if (answer.status != 304 && answer.status != 200) throw answer;
        const isNews = answer.status == 200 && (await this._hear(answer));
        failures = 0;
        // An answer that did not wait comes from something that cannot hold a question.
        if (!isNews) wait = Math.max(flow.interval, 1) * 1000 - (Date.now() - asked);
        if (answer.status == 304) this._link(undefined);
      } catch (error) {
        if (signal.aborted) return;
        if (!this._mayAsk()) continue;
        this._link("reconnecting");
        if (flow.deadline + GRACE < Date.now() && /pending|scanned/.test(this._view.state.status)) return this._end({ status: "expired" });
        wait = Math.max(Math.min(1000 * 2 ** failures++, 15_000), ((error as Answer).retryAfter || 0) * 1000);
      }
      await this._pause(wait, signal);
    }
  }

  /** Takes an answer in; returns whether it says anything different. */
  private async _hear({ body, etag }: Answer): Promise<boolean> {
    let state = plainState(body);
    if (state.status == "authenticated" && this._isOwnOrigin()) state = await this._exchange(state);
    if (this._isUnconfirmed && /cancelled|expired/.test(state.status)) {
      // Nobody was looking at it: another one comes without a word.
      this._vanish();
      return true;
    }
    this._isUnconfirmed = false;
    this._etag = etag;
    this._link(body.reconnecting ? "upstreamReconnecting" : undefined);
    const text = JSON.stringify([state, body.reconnecting]);
    const isNews = text != this._last;
    this._last = text;
    if (/^(created|authenticated|denied|expired|cancelled|failed)$/.test(state.status)) this._end(state);
    // Only this page knows how far its browser is.
    else if (isNews && !(state.status == "pending" && this._view.state.status == "confirming")) this._show(state);
    return isNews;
  }

  /** On the backend's own origin a login ends with a session: the ticket is exchanged for it. */
  private async _exchange(state: Authenticated): Promise<State> {
    const { signal } = this._run;
    const { ticket } = state;
    const session = await (ticket ? this._ask(signal, "POST", "session", { ticket }) : this._ask(signal, "GET", "session"));
    if (session.status == 200) return authenticated(session.body);
    if (session.status == 204) return { status: "failed", code: "not_signed_in" };
    if (session.body?.code) return { status: "failed", code: session.body.code };
    throw session;
  }

  /** Gives the backend what DingTalk's answer brought. It is good once, so a refusal after a lost attempt may mean success. */
  private async _present(proof: string) {
    const { signal } = this._run;
    const { flow_id, poll_token } = this._flow!;
    for (let attempt = 1; attempt <= ATTEMPTS_TO_BEGIN; attempt++) {
      try {
        const { status, body } = await this._ask(signal, "POST", `logins/${flow_id}/proof`, { proof }, poll_token);
        if (status >= 400 && attempt == 1) this._fail(body?.code ?? "unknown");
        return;
      } catch {
        await this._pause(1000 * 2 ** (attempt - 1), signal);
        if (signal.aborted) return;
      }
    }
    this._fail("unreachable");
  }

  private _vanish() {
    const { status } = this._view.state;
    if (this._isUnconfirmed) {
      this._settle();
      if (this._view.door == "qr") void this._begin();
      else this._show({ status: "idle" });
    } else if (status == "approval_pending") this._fail("approval_outstanding");
    else this._end({ status: "expired" });
  }

  private _fail(code: string, retryAfter = 0) {
    if (code == "operator_required") this._end({ status: code });
    else this._end({ status: "failed", code, ...(retryAfter && { retry_after: retryAfter }) });
  }

  private _end(state: State) {
    this._settle();
    // Nobody else replaces a code while somebody looks at it.
    if (state.status == "expired" && this._view.door == "qr" && this._mayAsk() && this._options.auto_refresh-- > 0) return void this._begin();
    this._show(state);
  }

  /** Tells the backend that nobody waits any more. */
  private _abandon() {
    if (this._flow) void giveUp(this._options.backend, this._flow);
    this._settle();
  }

  private _settle() {
    this._run.abort();
    this._run = new AbortController();
    this._wake();
    this._flow = undefined;
    this._isUnconfirmed = false;
    this._view.trouble = undefined;
    keep(this._options.place);
  }

  private _mayAsk = () => navigator.onLine && !document.hidden;

  private _look() {
    if (this._flow) this._link(!navigator.onLine ? "offline" : document.hidden ? "paused" : undefined);
  }

  private _link(trouble: View["trouble"]) {
    if (this._view.trouble == trouble) return;
    this._view.trouble = trouble;
    this._draw();
  }

  private _show(state: State) {
    this._view.state = state;
    this._draw();
    this._report(state);
  }

  private _draw() {
    face(this._base, this._view);
  }

  private _isOwnOrigin() {
    return new URL(this._options.backend + "/", location.href).origin == location.origin;
  }

  private _pause(milliseconds: number, signal: AbortSignal) {
    return new Promise<void>((done) => {
      if (milliseconds <= 0 || signal.aborted) return done();
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
    });
  }

  private async _ask(run: AbortSignal, method: string, path: string, body?: object, bearer?: string): Promise<Answer> {
    const question = (this._question = new AbortController());
    const abort = () => question.abort();
    run.addEventListener("abort", abort);
    const timer = setTimeout(abort, PATIENCE);
    try {
      const answer = await fetch(this._url + path, {
        method,
        cache: "no-store",
        signal: question.signal,
        headers: {
          accept: "application/json, application/problem+json",
          ...(bearer && { authorization: "Bearer " + bearer }),
          ...(body && { "content-type": "application/json" }),
          ...(this._etag && path.startsWith("flows/") && { "if-none-match": this._etag }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      return {
        status: answer.status,
        body: await answer.json().catch(() => null),
        etag: answer.headers.get("etag"),
        retryAfter: Number(answer.headers.get("retry-after")) || 0,
      };
    } finally {
      clearTimeout(timer);
      run.removeEventListener("abort", abort);
    }
  }
}

const known = /^(pending|scanned|creating|approval_pending|created|authenticated|denied|expired|cancelled|failed)$/;

/** Leaves out what is not the state; takes a state that is not known as `pending`. */
function plainState({ expires_in, reconnecting, revealable, ...state }: any): State {
  return known.test(state.status) ? state : { status: "pending" };
}

const authenticated = ({ identity }: any): Authenticated => ({ status: "authenticated", identity });

/** Takes the proof out of the address at once, and keeps it for a moment. */
function pickUpProof() {
  if (!location.hash.startsWith(PROOF)) return;
  proof = location.hash.slice(PROOF.length);
  setTimeout(() => (proof = undefined));
  history.replaceState(null, "", location.pathname + location.search);
}
