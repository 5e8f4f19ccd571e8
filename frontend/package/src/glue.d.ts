/** What wasm-bindgen writes. */
declare module "panel-glue" {
  export default function init(options: { module_or_path: Promise<Response> }): Promise<unknown>;
  export class Panel {
    constructor(root: Element, options: unknown, texts: string[], tell: (state: never) => void);
    setTheme(name: string): void;
    setTexts(lang: string, texts: unknown): void;
    start(): void;
    cancel(): void;
    switch(method: string): void;
    free(): void;
  }
}
