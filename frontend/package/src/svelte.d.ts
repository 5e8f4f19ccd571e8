// import type {} from "dingtalk-qr/svelte";
import type { HTMLAttributes } from "svelte/elements";
import type { DingTalkQrElement, DingTalkQrEventMap, DingTalkQrProperties } from "./index.js";

type Attributes = {
  mode?: DingTalkQrProperties["mode"];
  "corp-id"?: string;
  "token-url"?: string;
} & Partial<DingTalkQrProperties>;
type Events = { [Name in keyof DingTalkQrEventMap as `on${":" | ""}${Name}`]?: (event: DingTalkQrEventMap[Name]) => void };

declare global {
  namespace svelteHTML {
    interface IntrinsicElements {
      "dingtalk-qr": Omit<HTMLAttributes<DingTalkQrElement>, keyof Attributes> & Attributes & Events;
    }
  }
}
