/** A language that there are texts for. */
export type Language = "en" | "zh-CN" | "zh-TW" | "ja" | "ru";

/** Returns the language for a BCP 47 tag, English for one that there are no texts for. */
export const language = (tag: string) => {
  const primary = (/^(ja|ru|zh)\b/i.exec(tag) ?? ["en"])[0].toLowerCase();
  const script = /hant|^zh-(tw|hk|mo)/i.test(tag) ? "zh-TW" : "zh-CN";
  return (primary == "zh" ? script : primary) as Language;
};
