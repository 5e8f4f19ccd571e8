import 'dingtalk-qr/define';
import { mount } from 'svelte';
import App from './App.svelte';
import { backend } from './site';

mount(App, { target: document.querySelector('#app')!, props: { backend: await backend() } });
