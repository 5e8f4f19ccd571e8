import { draw } from "./draw.js";
import { make, type Child } from "./make.js";
import type { Qr, Texts } from "./types.js";

/** What to do, and the square with the code, which has its size before the code comes. */
export function code(texts: Partial<Texts>, isLogin: boolean, qr: Qr | undefined, cover: string, over?: Child) {
  const picture = qr && draw(qr);
  picture?.setAttribute("aria-label", (isLogin ? texts.loginQrLabel : texts.qrLabel) ?? "");
  return [
    make(
      "p",
      "dtqr-instruction",
      {},
      make("b", "", {}, isLogin ? texts.loginInstruction : texts.instruction),
      " ",
      make("span", "", {}, isLogin ? texts.loginWhatHappens : texts.whatHappens),
    ),
    make("div", "dtqr-stage", { "data-cover": cover }, picture, over),
  ];
}

/** The card; `face` is its arrangement. */
export const card = (texts: Partial<Texts>, isLogin: boolean, face: string, ...children: Child[]) =>
  make(
    "div",
    "dtqr-card",
    {
      role: "group",
      "aria-label": (isLogin ? texts.loginPanel : texts.panel) ?? "",
      "data-job": isLogin ? "login" : "registration",
      "data-face": face,
    },
    ...children,
  );

/** The outermost node. */
export const base = (theme: string, ...children: Child[]) => make("section", "dtqr", { "data-theme": theme }, ...children);
