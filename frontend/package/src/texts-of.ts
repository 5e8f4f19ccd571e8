import type { Language } from "./language.js";
import type { Texts } from "./texts.js";

/** Spelt out, so that bundlers can follow. The loader, which nobody bundles, has the short `texts-by-name.ts` in its place. */
const languages: Record<Language, () => Promise<{ default: Texts }>> = {
  en: () => import("./texts/en.js"),
  "zh-CN": () => import("./texts/zh-CN.js"),
  "zh-TW": () => import("./texts/zh-TW.js"),
  ja: () => import("./texts/ja.js"),
  ru: () => import("./texts/ru.js"),
};

export const textsOf = (language: Language) => languages[language]();
