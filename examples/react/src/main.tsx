import 'dingtalk-qr/define';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { backend } from './site';

createRoot(document.querySelector('#app')!).render(
  <StrictMode>
    <App backend={await backend()} />
  </StrictMode>,
);
