/** Returns the door for a browser that calls itself `userAgent`. */
export const decide = (method: string, userAgent: string) =>
  /^(qr|redirect|frame|workspace)$/.test(method) ? method
  : /DingTalk/.test(userAgent) ? "workspace"
  : /Mobi/.test(userAgent) ? "redirect"
  : "qr";
