// Frames DingTalk's login page for a widget of another origin. The steps are in `backend/src/routes/pages/frame.rs`.
// The code that DingTalk gives goes to the backend and nowhere else: not to the widget, an address, a log or a store.
(() => {
  "use strict";

  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  const line = /** @type {HTMLElement} */ (main.querySelector("p"));
  const again = /** @type {HTMLButtonElement} */ (main.querySelector("button"));
  const texts = main.dataset;
  const loginOrigin = texts.loginOrigin;
  const parents = (texts.parents ?? "").split(" ").filter((origin) => origin !== "");
  const TIME_LIMIT = 30_000;

  /** The flow, and the exact origin of the page that told it. @type {{id: string, token: string, parent: string} | null} */
  let flow = null;
  /** DingTalk's page while its answer is awaited. @type {HTMLIFrameElement | null} */
  let inner = null;

  /** An answer of the backend that is a problem. */
  class Refused extends Error {
    /** @param {string} code */
    constructor(code) {
      super(code);
      this.code = code;
    }
  }

  /**
   * Shows one line of text in place of DingTalk's page.
   * @param {"alone" | "opening" | "sending" | "signed-in" | "failed"} state
   * @param {string | undefined} text
   */
  function show(state, text) {
    inner?.remove();
    inner = null;
    main.dataset.state = state;
    line.textContent = text ?? "";
    again.hidden = state !== "failed";
  }

  /** @param {unknown} error */
  function fail(error) {
    if (!(error instanceof Refused)) return show("failed", texts.textUnreachable);
    show("failed", `${texts.textRefused} (${error.code})`);
    if (flow) window.parent.postMessage({ type: "dingtalk-qr:frame-failed", code: error.code }, flow.parent);
  }

  /**
   * Posts to the flow. Resolves to the answer, rejects with {@link Refused} or because there is none.
   * @param {string} path
   * @param {object} body
   */
  async function post(path, body) {
    if (!flow) throw new Error("there is no flow");
    const response = await fetch(`${texts.api}/api/v1/logins/${flow.id}/${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${flow.token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(TIME_LIMIT),
    });
    if (response.ok) return response;
    const problem = await response.json().catch(() => null);
    const isCode = typeof problem?.code === "string" && /^[a-z_]{1,64}$/.test(problem.code);
    throw new Refused(isCode ? problem.code : "unknown");
  }

  /** Asks for a fresh authorization and frames DingTalk's page. */
  async function authorize() {
    show("opening", texts.textOpening);
    try {
      const { url } = await (await post("authorization", {})).json();
      if (new URL(url).origin !== loginOrigin) throw new Refused("unknown");
      inner = document.createElement("iframe");
      inner.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups");
      inner.title = texts.textTitle ?? "";
      inner.referrerPolicy = "strict-origin";
      inner.src = url;
      main.append(inner);
      main.dataset.state = "shown";
    } catch (error) {
      fail(error);
    }
  }

  /** @param {{success: boolean, redirectUrl?: unknown}} answer */
  async function finish(answer) {
    const query = answer.success ? queryOf(answer.redirectUrl) : null;
    const state = query?.get("state") ?? undefined;
    const error = query?.get("error");
    const code = query?.get("authCode") || query?.get("code");
    if (!error && !code) return show("failed", texts.textFailed);
    show("sending", texts.textSending);
    try {
      await post("code", error ? { error, state } : { code, state });
      show("signed-in", texts.textSignedIn);
    } catch (problem) {
      fail(problem);
    }
  }

  /** @param {unknown} address */
  function queryOf(address) {
    try {
      return typeof address === "string" ? new URL(address).searchParams : null;
    } catch {
      return null;
    }
  }

  /** @param {MessageEvent} event */
  function hear({ source, origin, data }) {
    if (typeof data !== "object" || data === null) return;
    if (source === window.parent && parents.some((parent) => parent === origin)) {
      if (flow || data.type !== "dingtalk-qr:flow") return;
      const { flow_id: id, poll_token: token } = data;
      if (typeof id !== "string" || !/^[A-Za-z0-9_-]{22}$/.test(id)) return;
      if (typeof token !== "string" || !/^[\x21-\x7e]{1,256}$/.test(token)) return;
      flow = { id, token, parent: origin };
      authorize();
    } else if (inner && source === inner.contentWindow && origin === loginOrigin) {
      // The first answer removes DingTalk's page, so that there is no second one.
      if (typeof data.success === "boolean") finish(data);
    }
  }

  if (window.parent === window) {
    show("alone", texts.textAlone);
    return;
  }
  again.addEventListener("click", authorize);
  window.addEventListener("message", hear);
  // Nothing in it is secret, and who the parent is becomes known by its answer only.
  window.parent.postMessage({ type: "dingtalk-qr:frame-ready" }, "*");
})();
