// An element without a head start, as most are: its code first, WebAssembly and all, and then the flow.
const folder = '/embed/VERSION/';
const wasm = fetch(folder + 'panel_bg.wasm');
const [panel] = await Promise.all([import(folder + 'panel.js'), import(folder + 'texts/en.js')]);
await panel.load(wasm);
await import('/embed/dingtalk-qr.js');
