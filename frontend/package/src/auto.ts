import { DingTalkQrElement } from "./element.js";

if (!customElements.get("dingtalk-qr")) customElements.define("dingtalk-qr", DingTalkQrElement);
