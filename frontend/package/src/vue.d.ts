// import type {} from "dingtalk-qr/vue";
import type { DefineComponent } from "vue";
import type { DingTalkQrEventMap, DingTalkQrProperties } from "./index.js";

type Pascal<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${Capitalize<First>}${Pascal<Rest>}` : Capitalize<Name>;
type Events = { [Name in keyof DingTalkQrEventMap as `on${Pascal<Name>}`]?: (event: DingTalkQrEventMap[Name]) => void };

declare module "vue" {
  interface GlobalComponents {
    "dingtalk-qr": DefineComponent<Partial<DingTalkQrProperties> & Events>;
  }
}
