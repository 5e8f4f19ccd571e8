/** What wasm-bindgen writes. */
declare module "panel-glue" {
  export default function init(options: { module_or_path: Promise<Response> }): Promise<unknown>;
  export const Panel: import("./types.js").PanelClass;
}
