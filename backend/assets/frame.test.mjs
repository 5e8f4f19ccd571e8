// `node --test backend/assets/frame.test.mjs`: the frame's script in a window made by hand. Nothing has to be installed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const SCRIPT = readFileSync(new URL("frame.js", import.meta.url), "utf8");
const PARENT = "https://site.example";
const LOGIN = "https://login.dingtalk.com";
const FLOW = { type: "dingtalk-qr:flow", flow_id: "abcdefghijklmnopqrstuv", poll_token: "p0ll-t0ken" };
const RETURNED = "https://qr.example/auth/dingtalk/callback?authCode=c0de&code=other&state=st4te";

/** A page with the script in it. `answers` are taken in turn: a `[status, body]`, or an error to reject with. */
function open(answers = [], isFramed = true) {
  const element = (tag) => ({
    tag,
    dataset: {},
    attributes: {},
    listeners: {},
    contentWindow: { name: tag },
    addEventListener(type, listener) {
      this.listeners[type] = listener;
    },
    setAttribute(name, value) {
      this.attributes[name] = value;
    },
    remove() {
      page.frames = page.frames.filter((frame) => frame !== this);
    },
  });
  const posted = [];
  const parent = { postMessage: (data, origin) => posted.push({ data: structuredClone(data), origin }) };
  const [main, line, again] = [element("main"), element("p"), element("button")];
  const page = { main, line, again, parent, posted, frames: [], requests: [] };
  main.querySelector = (tag) => ({ p: line, button: again })[tag];
  main.append = (frame) => page.frames.push(frame);
  main.dataset = {
    api: "https://qr.example/dingtalk",
    loginOrigin: LOGIN,
    parents: `${PARENT} https://other.example`,
    textAlone: "alone",
    textOpening: "opening",
    textSending: "sending",
    textSignedIn: "signed in",
    textFailed: "failed",
    textRefused: "refused",
    textUnreachable: "unreachable",
    textTitle: "title",
  };
  const listeners = [];
  const window = { addEventListener: (_, listener) => listeners.push(listener) };
  window.parent = isFramed ? parent : window;
  const fetch = async (url, options) => {
    page.requests.push({ url, ...options, body: JSON.parse(options.body) });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    const [status, body] = answer;
    return { ok: status < 300, status, json: async () => body };
  };
  const document = { querySelector: () => main, createElement: element };
  vm.runInNewContext(SCRIPT, { window, document, fetch, URL, AbortSignal, Error, JSON });
  /** Delivers a message and waits until everything that follows from it has happened. */
  page.hear = async (source, origin, data) => {
    for (const listener of listeners) listener({ source, origin, data });
    await new Promise(setImmediate);
  };
  page.answer = (data) => page.hear(page.frames[0].contentWindow, LOGIN, data);
  return page;
}

const AUTHORIZED = [200, { url: `${LOGIN}/oauth2/auth?iframe=true` }];

test("a page that is not framed does nothing", () => {
  const page = open([], false);

  assert.equal(page.line.textContent, "alone");
  assert.deepEqual(page.posted, []);
});

test("the parent is told that the frame is ready, and nothing else", () => {
  const page = open();

  assert.deepEqual(page.posted, [{ data: { type: "dingtalk-qr:frame-ready" }, origin: "*" }]);
});

test("a flow opens DingTalk's page, once", async () => {
  const page = open([AUTHORIZED]);

  await page.hear(page.parent, PARENT, FLOW);
  await page.hear(page.parent, PARENT, FLOW);

  const [request] = page.requests;
  assert.equal(page.requests.length, 1);
  assert.equal(request.url, `https://qr.example/dingtalk/api/v1/logins/${FLOW.flow_id}/authorization`);
  assert.equal(request.headers.Authorization, "Bearer p0ll-t0ken");
  assert.deepEqual(request.body, {});
  assert.equal(page.frames[0].src, AUTHORIZED[1].url);
  assert.equal(page.frames[0].attributes.sandbox, "allow-scripts allow-same-origin allow-forms allow-popups");
  assert.equal(page.main.dataset.state, "shown");
});

test("a flow from elsewhere, or of another shape, is ignored", async () => {
  const page = open();

  await page.hear({}, PARENT, FLOW);
  for (const origin of ["https://site.example.evil", "https://sitexexample", "http://site.example", "null", ""]) {
    await page.hear(page.parent, origin, FLOW);
  }
  const shapes = [
    null,
    "dingtalk-qr:flow",
    { ...FLOW, type: "other" },
    { ...FLOW, flow_id: "../../../../etc/passwd" },
    { ...FLOW, flow_id: `${FLOW.flow_id}\n` },
    { ...FLOW, flow_id: [FLOW.flow_id] },
    { ...FLOW, poll_token: "x".repeat(257) },
    { ...FLOW, poll_token: 7 },
  ];
  for (const data of shapes) await page.hear(page.parent, PARENT, data);

  assert.deepEqual(page.requests, []);
});

test("an address that is not DingTalk's is not framed", async () => {
  const page = open([[200, { url: "https://login.dingtalk.com.evil.example/oauth2/auth" }]]);

  await page.hear(page.parent, PARENT, FLOW);

  assert.deepEqual(page.frames, []);
  assert.equal(page.line.textContent, "refused (unknown)");
});

test("one code goes to the backend and nowhere else", async () => {
  const page = open([AUTHORIZED, [204]]);
  await page.hear(page.parent, PARENT, FLOW);
  const inner = page.frames[0].contentWindow;

  await page.answer({ success: true, redirectUrl: RETURNED });
  await page.hear(inner, LOGIN, { success: true, redirectUrl: RETURNED });

  assert.equal(page.requests.length, 2);
  assert.equal(page.requests[1].url, `https://qr.example/dingtalk/api/v1/logins/${FLOW.flow_id}/code`);
  assert.deepEqual(page.requests[1].body, { code: "c0de", state: "st4te" });
  assert.equal(page.line.textContent, "signed in");
  assert.deepEqual(page.frames, []);
  assert.equal(page.posted.length, 1);
});

test("an older page of DingTalk names the code only `code`, and a refusal `error`", async () => {
  for (const [query, body] of [
    ["code=c0de&state=s", { code: "c0de", state: "s" }],
    ["error=access_denied&state=s", { error: "access_denied", state: "s" }],
  ]) {
    const page = open([AUTHORIZED, [204]]);
    await page.hear(page.parent, PARENT, FLOW);

    await page.answer({ success: true, redirectUrl: `https://qr.example/cb?${query}` });

    assert.deepEqual(page.requests[1].body, body);
  }
});

test("only DingTalk's own page may answer", async () => {
  const page = open([AUTHORIZED]);
  await page.hear(page.parent, PARENT, FLOW);
  const inner = page.frames[0].contentWindow;
  const answer = { success: true, redirectUrl: RETURNED };

  await page.hear(inner, "https://loginxdingtalk.com", answer);
  await page.hear(inner, "https://login.dingtalk.com.evil.example", answer);
  await page.hear({}, LOGIN, answer);
  await page.hear(page.parent, PARENT, answer);
  await page.answer("success");
  await page.answer({ success: "true", redirectUrl: RETURNED });

  assert.equal(page.requests.length, 1);
});

test("a failure at DingTalk is told in our words, and a try begins afresh", async () => {
  for (const answer of [
    { success: false, errorMsg: "<img src=x onerror=alert(1)>" },
    { success: true, redirectUrl: "no address" },
    { success: true, redirectUrl: "https://qr.example/cb" },
    { success: true },
  ]) {
    const page = open([AUTHORIZED, AUTHORIZED]);
    await page.hear(page.parent, PARENT, FLOW);

    await page.answer(answer);
    assert.equal(page.line.textContent, "failed");
    assert.equal(page.again.hidden, false);

    await page.again.listeners.click();
    assert.equal(page.requests.at(-1).url.endsWith("/authorization"), true);
    assert.equal(page.again.hidden, true);
    assert.equal(page.frames.length, 1);
  }
});

test("a problem is named to the person and to the page that told the flow", async () => {
  const page = open([AUTHORIZED, [403, { code: "not_invited" }]]);
  await page.hear(page.parent, PARENT, FLOW);

  await page.answer({ success: true, redirectUrl: RETURNED });

  assert.equal(page.line.textContent, "refused (not_invited)");
  assert.deepEqual(page.posted[1], {
    data: { type: "dingtalk-qr:frame-failed", code: "not_invited" },
    origin: PARENT,
  });
});

test("a code of a problem that is no code is not repeated", async () => {
  const page = open([[500, { code: "<b>" }]]);

  await page.hear(page.parent, PARENT, FLOW);

  assert.equal(page.line.textContent, "refused (unknown)");
});

test("a backend that cannot be reached is tried again", async () => {
  const page = open([new TypeError("failed to fetch"), AUTHORIZED]);
  await page.hear(page.parent, PARENT, FLOW);
  assert.equal(page.line.textContent, "unreachable");
  assert.equal(page.posted.length, 1);

  await page.again.listeners.click();

  assert.equal(page.frames.length, 1);
});
