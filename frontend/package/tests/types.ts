// Compiled, never run: what a page in TypeScript may rely on.
import { mount, type Authenticated, type DingTalkQrElement } from "../src/index.js";

const element: DingTalkQrElement = document.createElement("dingtalk-qr");
element.mode = "login";
// @ts-expect-error There is no such mode.
element.mode = "logout";
element.getToken = async () => "token";
element.texts = { instruction: "Scan" };
// @ts-expect-error There is no such text.
element.texts = { instructions: "Scan" };
element.addEventListener("dingtalk-authenticated", ({ detail }) => {
  const { ticket }: Authenticated = detail;
  return ticket;
});
element.addEventListener("dingtalk-ended", ({ detail }) => {
  if (detail.status == "failed") return detail.code;
  // @ts-expect-error Only a failure has a code.
  return detail.code;
});
element.addEventListener("click", (event) => event.clientX);
document.querySelector("dingtalk-qr")?.switchMethod("redirect");
mount("#here", { mode: "login", corpId: "ding1" }).unmount();
