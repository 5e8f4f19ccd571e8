import assert from "node:assert/strict";
import test from "node:test";
import { backendOf } from "../src/backend.js";
import { decide } from "../src/door.js";
import { eventOf } from "../src/events.js";
import { language } from "../src/language.js";
import { webLink } from "../src/make.js";
import { release, take } from "../src/place.js";
import type { PanelOptions } from "../src/types.js";

const DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";
const PHONE = "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36";
const IN_DINGTALK = `${PHONE} AliApp(DingTalk/8.1.0)`;

test("a tag leads to the nearest language", () => {
  const tags: Record<string, string> = {
    "en-GB": "en",
    zh: "zh-CN",
    "zh-CN": "zh-CN",
    "zh-Hans-HK": "zh-CN",
    "zh-SG": "zh-CN",
    "zh-TW": "zh-TW",
    "zh-hk": "zh-TW",
    "zh-MO": "zh-TW",
    "zh-Hant": "zh-TW",
    "zh-Hant-CN": "zh-TW",
    "ja-JP": "ja",
    RU: "ru",
    rue: "en",
    de: "en",
    "": "en",
  };
  for (const [tag, expected] of Object.entries(tags)) assert.equal(language(tag), expected, tag);
});

test("the browser decides where nobody did", () => {
  assert.equal(decide("auto", DESKTOP), "qr");
  assert.equal(decide("auto", PHONE), "redirect");
  assert.equal(decide("auto", IN_DINGTALK), "workspace");
  assert.equal(decide("carrier pigeon", DESKTOP), "qr");
});

test("a door that was chosen is taken everywhere", () => {
  for (const agent of [DESKTOP, PHONE, IN_DINGTALK])
    for (const door of ["qr", "redirect", "frame", "workspace"]) assert.equal(decide(door, agent), door);
});

test("a script of a backend knows where that is", () => {
  const backends: Record<string, string> = {
    "https://qr.example.com/embed/dingtalk-qr.js": "https://qr.example.com",
    "https://example.com/dingtalk/embed/v0.1.0-0a1b2c3d/index.js": "https://example.com/dingtalk",
    "https://shop.example/assets/index-4f.js": "",
    "file:///srv/node_modules/dingtalk-qr/dist/index.js": "",
  };
  for (const [script, expected] of Object.entries(backends)) assert.equal(backendOf(script), expected, script);
});

test("two elements of the same kind do not meet in the storage", () => {
  const registration = { mode: "registration", backend: "", app: "bot" } as PanelOptions;
  const login = { mode: "login", backend: "https://qr.example.com", corp_id: "ding1" } as PanelOptions;

  assert.equal(take(registration, "qr"), "dingtalk-qr::bot");
  assert.equal(take(registration, "qr"), "dingtalk-qr::bot#2");
  assert.equal(take(registration, "qr"), "dingtalk-qr::bot#3");
  release("dingtalk-qr::bot#2");
  assert.equal(take(registration, "qr"), "dingtalk-qr::bot#2");
  assert.equal(take(login, "redirect"), "dingtalk-qr-login:redirect:https://qr.example.com::ding1");
});

test("only the web becomes a link", () => {
  for (const url of ["https://h5.dingtalk.com/x", "HTTP://127.0.0.1:9080/openapp"]) assert.equal(webLink(url), url);
  for (const url of ["javascript:alert(1)//https://", " https://h5.dingtalk.com", "dingtalk://x", "https://", "", undefined])
    assert.equal(webLink(url), undefined, url);
});

test("an end has its event, a step on the way has none", () => {
  assert.equal(eventOf("pending"), "ready");
  assert.equal(eventOf("operator_required"), "ended");
  assert.equal(eventOf("scanned"), undefined);
});

test("a server can import the package", async () => {
  const { DingTalkQrElement, define } = await import("../src/index.js");
  define();
  assert.equal(typeof DingTalkQrElement, "function");
});
