// import type {} from "dingtalk-qr/react";
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { DingTalkQrElement, DingTalkQrEventMap, DingTalkQrProperties } from "./index.js";

type Events = { [Name in keyof DingTalkQrEventMap as `on${Name}`]?: (event: DingTalkQrEventMap[Name]) => void };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "dingtalk-qr": DetailedHTMLProps<HTMLAttributes<DingTalkQrElement>, DingTalkQrElement> & Partial<DingTalkQrProperties> & Events;
    }
  }
}
