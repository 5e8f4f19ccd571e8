import 'dingtalk-qr/define';
import { createApp } from 'vue';
import App from './App.vue';
import { backend } from './site';

createApp(App, { backend: await backend() }).mount('#app');
