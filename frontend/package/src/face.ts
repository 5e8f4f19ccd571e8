import { card, code } from "./code.js";
import { fill, make, webLink, type Child } from "./make.js";
import type { FlowStarted, State, Texts } from "./types.js";

/** What the plain panel shows. */
export interface View {
  texts: Texts;
  isLogin: boolean;
  door: "qr" | "redirect";
  state: State;
  flow: FlowStarted | undefined;
  trouble: "reconnecting" | "upstreamReconnecting" | "offline" | "paused" | undefined;
  start(): void;
  cancel(): void;
  switch(door: "qr" | "redirect"): void;
}

type Key = keyof Texts;

/** Draws `view` into `root`. The status line stays in the document, as live regions must. */
export function face(root: Element, view: View) {
  const { texts, isLogin, flow } = view;
  const name = faceName(view);
  const old = root.querySelector('.dtqr-card > [role="status"]');
  const hadFocus = root.contains((root.getRootNode() as ShadowRoot).activeElement);
  const fresh = card(texts, isLogin, name, ...top(name, view), make("p", "dtqr-status", { role: "status", "data-tone": tone(view) }, make("span", "", {}, ...status(view))), ...bottom(name, view));
  const current = old?.parentElement;
  if (!current) root.replaceChildren(fresh);
  else {
    const line = fresh.querySelector('[role="status"]')!;
    for (const { name, value } of [...fresh.attributes]) current.setAttribute(name, value);
    for (const node of [...current.childNodes]) if (node != old) node.remove();
    if (old.textContent != line.textContent) old.replaceChildren(...line.childNodes);
    old.setAttribute("data-tone", tone(view));
    for (let node = fresh.firstChild; node != line; node = fresh.firstChild) old.before(node!);
    line.remove();
    old.after(...fresh.childNodes);
    while (current.nextSibling) current.nextSibling.remove();
  }
  if (flow?.simulated && name == "scan") {
    const phone = link("dtqr-link", flow.qr?.text, texts.simulatedLink);
    root.append(make("p", "dtqr-simulated", {}, isLogin ? texts.loginSimulated : texts.simulated, " ", phone));
  }
  // The button that had the focus has just gone.
  if (hadFocus) root.querySelector<HTMLElement>("button, a")?.focus({ preventScroll: true });
}

function faceName({ state: { status }, door, flow }: View) {
  switch (status) {
    case "idle":
    case "leaving":
      return "redirect";
    case "starting":
    case "pending":
      return door == "qr" ? "scan" : "redirect";
    case "scanned":
    case "creating":
      return "scan";
    case "expired":
      return flow?.qr ? "scan" : "ended";
    case "confirming":
      return "busy";
    case "approval_pending":
      return "approval";
    case "created":
    case "authenticated":
      return status;
    default:
      return "ended";
  }
}

function top(name: string, view: View): Child[] {
  const { texts, isLogin, flow, state } = view;
  if (name == "redirect") return [make("p", "dtqr-instruction", {}, make("b", "", {}, texts.loginPanel), make("span", "", {}, texts.loginRedirectBody))];
  if (name != "scan") return [];
  const { status } = state;
  if (status == "scanned") {
    const number = make("span", "dtqr-cover dtqr-number", {}, String(state.number).padStart(2, "0"));
    const [, stage] = code(texts, isLogin, undefined, "scanned", number);
    return [make("p", "dtqr-instruction", {}, make("b", "", {}, texts.loginScannedInstruction)), stage];
  }
  const over = status == "expired" && button("dtqr-cover dtqr-refresh", texts.newCode, view.start);
  return code(texts, isLogin, flow?.qr, status == "expired" || status == "creating" ? status : flow?.qr ? "code" : "skeleton", over);
}

function bottom(name: string, view: View): Child[] {
  const { texts, isLogin, state } = view;
  const actions = (...children: Child[]) => make("div", "dtqr-actions dtqr-column", {}, ...children);
  const text = (...lines: Child[]) => make("div", "dtqr-text", {}, ...lines);
  const line = (...words: Child[]) => make("p", "", {}, ...words);
  const primary = (label: string) => button("dtqr-button dtqr-primary", label, view.start);
  const useQr = () => button("dtqr-button", texts.loginUseQr, () => view.switch("qr"));
  const goHere = () => button("dtqr-button", texts.loginContinueHere, () => view.switch("redirect"));
  const place = (sink: string) => (sink == "store" ? texts.sinkStore : sink == "env_file" ? texts.sinkEnvFile : sink == "webhook" ? texts.sinkWebhook : texts.sinkUnknown);
  switch (name) {
    case "scan":
      return scanBottom(view, goHere);
    case "redirect":
      return [actions(primary(texts.loginContinueWith), useQr())];
    case "approval":
      return [text(line(texts.approvalBody)), facts([texts.clientId, "client_id" in state ? state.client_id : ""])];
    case "created": {
      if (state.status != "created") return [];
      const findings = (state.findings ?? []).map((code) => make("li", "", {}, failure(texts, code, false)));
      const verdict = state.verified ? texts.verified : findings.length ? undefined : texts.notVerified;
      return [
        facts([texts.clientId, state.client_id], [texts.clientSecret, state.hint], [texts.savedTo, state.saved_to.map(place).join(", ")]),
        make("ul", "dtqr-notes", {}, verdict && make("li", "", {}, verdict), ...findings),
        make("p", "dtqr-text dtqr-next", {}, texts.nextStep),
        make("div", "dtqr-actions dtqr-foot", {}, button("dtqr-button", texts.another, view.start)),
      ];
    }
    case "authenticated": {
      if (state.status != "authenticated") return [];
      return [make("div", "dtqr-person", {}, make("p", "dtqr-text", {}, ...fill(texts.loginSignedInAs, { name: state.identity.name })))];
    }
    case "ended": {
      const again = primary(state.status == "cancelled" ? texts.startAgain : texts.retry);
      const other = isLogin && (view.door == "qr" ? goHere() : useQr());
      return [text(...explanation(view).map((words) => (typeof words == "string" ? line(words) : words))), actions(again, other)];
    }
    default:
      return [];
  }

  function scanBottom({ flow, state: { status } }: View, goHere: () => Node): Child[] {
    if (status == "scanned") return [make("div", "dtqr-actions", {}, make("p", "dtqr-notes", {}, make("strong", "", {}, texts.loginScannedWarning))), foot()];
    const url = status == "pending" ? flow?.qr?.text : undefined;
    return [
      make("div", "dtqr-meta", {}, flow?.user_code && status == "pending" && make("span", "dtqr-user-code", {}, texts.userCode, " ", make("code", "", { dir: "auto" }, flow.user_code))),
      make(
        "div",
        "dtqr-actions",
        {},
        /Mobi/.test(navigator.userAgent) ?
          link("dtqr-button dtqr-primary", url, isLogin ? texts.loginOpenHere : texts.openInDingtalk)
        : link("dtqr-button", url, texts.openLink),
      ),
      !isLogin &&
        make(
          "ul",
          "dtqr-notes",
          {},
          flow?.brand && make("li", "", {}, ...fill(texts.brand, { brand: flow.brand })),
          make("li", "", {}, texts.twice),
          make("li", "", {}, make("strong", "", {}, texts.warning)),
        ),
      foot(isLogin && goHere()),
    ];
  }

  function foot(...children: Child[]) {
    const mayCancel = /starting|pending|scanned/.test(state.status);
    return make("div", "dtqr-actions dtqr-foot", {}, ...children, mayCancel && button("dtqr-button", texts.cancel, view.cancel));
  }
}

/** Why it ended with nothing. */
function explanation({ texts, isLogin, state }: View): (string | Node)[] {
  switch (state.status) {
    case "denied":
      return [
        isLogin ? texts.loginDeniedBody : texts.deniedBody,
        ...(state.reason ? [texts.deniedReason, make("blockquote", "dtqr-quote", { dir: "auto" }, state.reason)] : []),
      ];
    case "expired":
      return [texts.loginExpiredBody];
    case "cancelled":
      return [isLogin ? texts.loginCancelledBody : texts.cancelledBody];
    case "operator_required":
      return [texts.operatorBody];
    case "failed":
      return [
        state.code == "unreachable" ? texts.unreachable : failure(texts, state.code, isLogin),
        ...(state.retry_after ? [texts.retryAfter.replace("{seconds}", String(state.retry_after))] : []),
      ];
    default:
      return [];
  }
}

function failure(texts: Texts, code: string, isLogin: boolean) {
  if (isLogin && code == "credentials_rejected") return texts.loginCredentialsRejected;
  return texts[`failure_${code}` as Key] ?? texts.failure_unknown;
}

function status({ texts, isLogin, door, state, trouble, flow }: View): Child[] {
  if (trouble && flow && /starting|pending|scanned|confirming|creating|approval_pending/.test(state.status)) return [texts[trouble]];
  switch (state.status) {
    case "idle":
      return [texts.loginIdle];
    case "leaving":
      return [texts.loginLeaving];
    case "starting":
      return [texts.starting];
    case "pending":
      return [door == "qr" ? texts.ready : texts.loginIdle];
    case "scanned":
      return fill(texts.loginScanned, { number: String(state.number).padStart(2, "0") });
    case "confirming":
      return [texts.loginSigningIn];
    case "creating":
      return [texts.creating];
    case "approval_pending":
      return [texts.approval];
    case "created":
      return [texts.created];
    case "authenticated":
      return [texts.loginAuthenticated];
    case "denied":
      return [texts.denied];
    case "expired":
      return [isLogin && !flow?.qr ? texts.loginExpired : texts.expired];
    case "cancelled":
      return [texts.cancelled];
    case "failed":
      return [texts.failed];
    case "operator_required":
      return [texts.operator];
  }
}

function tone({ state: { status } }: View) {
  if (/created|authenticated/.test(status)) return "good";
  if (status == "failed") return "bad";
  if (/approval_pending|operator_required/.test(status)) return "waiting";
  return /idle|denied|expired|cancelled/.test(status) ? "plain" : "busy";
}

function button(name: string, label: string, action: () => void) {
  const button = make("button", name, { type: "button" }, make("span", "", {}, label));
  button.addEventListener("click", action);
  return button;
}

function link(name: string, url: string | undefined, label: string) {
  const href = webLink(url);
  return href && make("a", name, { href, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** What exists now. */
const facts = (...rows: [string, string][]) =>
  make(
    "dl",
    "dtqr-facts",
    {},
    ...rows.map(([name, value]) =>
      make("div", "dtqr-fact", {}, make("dt", "", {}, name), make("dd", "", {}, make("code", "", { dir: "auto" }, value))),
    ),
  );
