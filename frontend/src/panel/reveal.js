// Shows the secret of a new app, once. Read by every panel: the component in Rust, the element, and the panel without
// WebAssembly. The secret is in a variable here for at most half a minute, in the document while it is shown, and nowhere else.

/** How long it is kept, in milliseconds. */
const KEPT = 30_000;
/** As long for every secret. */
const MASK = "•".repeat(12);

/**
 * Offers the secret in `root`, whose content, its first letters, comes back at the end. `url` with `token` gives it once;
 * `say` gives the text of a key. A panel that stands still has it in `still`: what is shown, `""` for nothing any more.
 * Returns what says the texts anew.
 */
export function open({ root, url, token, say, still }) {
  const hint = [...root.childNodes];
  const ending = new AbortController();
  let held, note = "revealOnce", isShown = false, isBusy = false, isAway = false, timer, file;

  const code = document.createElement("code");
  code.dir = "auto";
  const button = (key, act) => {
    const node = document.createElement("button");
    node.type = "button";
    node.className = "dtqr-button";
    node.setAttribute("part", "button");
    node.dataset.key = key;
    node.onclick = () => press(act);
    return node;
  };
  const buttons = [button("reveal", reveal), button("copy", copy), button("downloadEnv", download)];
  const [toggle] = buttons;
  // It stays in the document, as live regions must, and never holds the secret.
  const line = document.createElement("span");
  line.setAttribute("role", "status");
  line.tabIndex = -1;

  const write = (node, text) => node.textContent != text && (node.textContent = text);
  const paint = () => {
    write(code, isShown ? held.client_secret : MASK);
    code.setAttribute("aria-hidden", !isShown);
    toggle.setAttribute("aria-pressed", isShown);
    for (const node of buttons) {
      node.setAttribute("aria-disabled", isBusy);
      write(node, say(node.dataset.key));
    }
    write(line, say(note) || say("failure_unknown"));
  };

  /** Forgets the secret. */
  const forget = () => {
    held = undefined;
    isShown = false;
    ending.abort();
    clearTimeout(timer);
    if (file) URL.revokeObjectURL(file);
    write(code, MASK);
  };
  /** Forgets it, and says that there is none to be had any more. */
  const end = () => {
    const hadFocus = root.contains(root.getRootNode().activeElement);
    forget();
    note = "failure_already_revealed";
    root.replaceChildren(...hint, line);
    write(line, say(note));
    if (hadFocus) line.focus({ preventScroll: true });
  };
  const leave = () => {
    isAway = true;
    if (held) end();
  };

  /** Gets the secret if it is not there, and does something with it. */
  const press = async (act) => {
    if (isBusy) return;
    if (!held) {
      isBusy = true;
      isAway = false;
      paint();
      await ask().catch(() => (note = "unreachable"));
      if (ending.signal.aborted) return;
      isBusy = false;
    }
    if (held) await act();
    if (!ending.signal.aborted) paint();
  };
  /** Whether it may be asked for again, the backend knows: what is over is over at the next answer. */
  const ask = async () => {
    // Who gets no answer in as long a time may press again.
    const signal = AbortSignal.any?.([ending.signal, AbortSignal.timeout(KEPT)]) ?? ending.signal;
    const headers = { accept: "application/json, application/problem+json", authorization: "Bearer " + token };
    const request = new Request(url, { method: "POST", headers, cache: "no-store", credentials: "same-origin", redirect: "error", signal });
    const answer = await fetch(request);
    const body = await answer.json().catch(() => ({}));
    // Whoever has gone meanwhile gets nothing.
    if (ending.signal.aborted) return;
    if (answer.status == 410 || answer.status == 404) end();
    else if (!answer.ok) note = say("failure_" + body.code) ? "failure_" + body.code : "failure_unknown";
    else if (typeof body.client_secret != "string") note = "unreachable";
    else {
      held = body;
      note = "revealed";
      timer = setTimeout(end, KEPT);
    }
  };

  function reveal() {
    if (isShown) return end();
    // It came when nobody looked: the next press shows it.
    isShown = !isAway;
    isAway = false;
  }
  async function copy() {
    try {
      await navigator.clipboard.writeText(held.client_secret);
      note = "copied";
    } catch {
      if (!held) return;
      isShown = !isAway;
      note = "copyByHand";
      paint();
      getSelection()?.selectAllChildren(code);
    }
  }
  function download() {
    file ??= URL.createObjectURL(new Blob([env(held)], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = file;
    link.download = "dingtalk.env";
    link.click();
  }

  const watcher = new MutationObserver(() => {
    if (root.isConnected) return paint();
    watcher.disconnect();
    forget();
  });
  root.replaceChildren(code, ...buttons, line);
  if (still) [held, isShown, note] = [{ client_secret: still }, true, "revealed"];
  else if (still === "") end();
  else
    for (const event of ["blur", "pagehide", "visibilitychange"])
      addEventListener(event, () => (event == "visibilitychange" && !document.hidden) || leave(), { signal: ending.signal });
  // The panel may be taken away, and may be in a shadow root; its language is an attribute of its own.
  for (let place = root; place; place = place.getRootNode().host)
    watcher.observe(place.getRootNode(), { childList: true, subtree: true, attributeFilter: ["lang"] });
  paint();
  return paint;
}

/** The three lines that the bot reads, quoted as the backend does. */
export function env({ client_id, client_secret }) {
  const quoted = (value) => (/^[\w./:@%+,=-]*$/.test(value) ? value : `"${value.replace(/["\\$`]/g, "\\$&")}"`);
  return `DINGTALK_CLIENT_ID=${quoted(client_id)}\nDINGTALK_CLIENT_SECRET=${quoted(client_secret)}\nDINGTALK_ALLOW_ALL_USERS=true\n`;
}
